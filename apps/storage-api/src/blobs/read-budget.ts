/** Beyond this, new readers get smaller pieces. Each piece may be held several times: read ahead, checked, and on its way out. */
const BUDGET_BYTES = 8 * 1024 * 1024;
const MAX_CHUNK_BYTES = 256 * 1024;
const MIN_CHUNK_BYTES = 16 * 1024;

/** Sees to it that readers who take their time do not hold much memory together: the more streams are open, the smaller the pieces of a new one. */
export class ReadBudget {
  #streams = 0;

  /** Size of the pieces of a new stream; call {@link end} when it is closed. */
  begin(): number {
    this.#streams += 1;
    return Math.max(MIN_CHUNK_BYTES, Math.min(MAX_CHUNK_BYTES, Math.floor(BUDGET_BYTES / this.#streams)));
  }

  end(): void {
    this.#streams -= 1;
  }
}
