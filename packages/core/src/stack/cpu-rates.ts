/** Between marks that lie closer together, one clock tick would look like load. */
const SHORTEST_MS = 200;
/** Marks are set at least this far apart, so that frequent questions do not shorten the interval. */
const MARK_MS = 1000;
/** A mark older than this says nothing about now. */
const STALE_MS = 30_000;

interface Mark {
  readonly cpuSeconds: number;
  readonly atMs: number;
}

interface Track {
  readonly base: Mark;
  readonly next: Mark;
  readonly cores: number | null;
}

/** Makes the load of the last seconds out of processor time that is told now and then, for any number of processes. */
export class CpuRates {
  readonly #tracks = new Map<string, Track>();

  /**
   * Notes the processor time that `key` has used since it started. Returns the cores it kept busy since a moment a few seconds ago
   * (0.25: a quarter of one); null while there is no such moment. `atMs` is monotonic.
   */
  note(key: string, cpuSeconds: number, atMs: number): number | null {
    this.#forget(atMs);
    const now = { cpuSeconds, atMs };
    const track = this.#tracks.get(key);
    // Time that went back: the name was given to another process.
    if (track === undefined || cpuSeconds < track.next.cpuSeconds) {
      this.#tracks.set(key, { base: now, next: now, cores: null });
      return null;
    }
    const elapsedMs = atMs - track.base.atMs;
    const cores = elapsedMs < SHORTEST_MS ? track.cores : ((cpuSeconds - track.base.cpuSeconds) * 1000) / elapsedMs;
    const isNext = atMs - track.next.atMs >= MARK_MS;
    this.#tracks.set(key, { base: isNext ? track.next : track.base, next: isNext ? now : track.next, cores });
    return cores;
  }

  #forget(atMs: number): void {
    for (const [key, { next }] of this.#tracks) if (atMs - next.atMs > STALE_MS) this.#tracks.delete(key);
  }
}
