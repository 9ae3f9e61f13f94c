/** One line of what the engine says while it pulls an image. */
export interface PullEvent {
  /** Layer that it is about; the tag in lines about the whole. */
  readonly id?: string | undefined;
  readonly status?: string | undefined;
  /** Why it was given up. */
  readonly error?: string | undefined;
  readonly progressDetail?: { readonly current?: number; readonly total?: number } | undefined;
}

const MEGABYTE = 1_000_000;
const DIGEST = /^Digest: (sha256:[\da-f]{64})$/;

/** Adds up what the engine says about the layers of one image. */
export class PullProgress {
  readonly #layers = new Map<string, { readonly current: number; readonly total: number }>();
  #digest: string | null = null;

  hear({ id, status = '', progressDetail }: PullEvent): void {
    this.#digest = DIGEST.exec(status)?.[1] ?? this.#digest;
    if (id === undefined) return;
    const before = this.#layers.get(id);
    if (status === 'Downloading' && progressDetail?.total !== undefined)
      this.#layers.set(id, { current: progressDetail.current ?? 0, total: progressDetail.total });
    else if (before !== undefined && /^(Download complete|Extracting|Pull complete)$/.test(status))
      this.#layers.set(id, { current: before.total, total: before.total });
  }

  /** `sha256:...` of what was pulled, once the engine has said it. */
  get digest(): string | null {
    return this.#digest;
  }

  /** How far it is, as a person reads it; null while no layer is known. The whole grows as layers begin. */
  describe(): string | null {
    const layers = [...this.#layers.values()];
    const total = layers.reduce((sum, layer) => sum + layer.total, 0);
    if (total === 0) return null;
    const current = layers.reduce((sum, layer) => sum + layer.current, 0);
    return `${Math.floor((current / total) * 100)} % of ${(total / MEGABYTE).toFixed(total < 10 * MEGABYTE ? 1 : 0)} MB in ${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}`;
  }
}
