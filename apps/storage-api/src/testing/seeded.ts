/** Numbers that look random and are the same for the same seed. */
export class Seeded {
  #state: number;

  /** With it, nothing odd is ever chosen. */
  readonly isTame: boolean;

  constructor(seed: number, isTame = false) {
    this.#state = seed >>> 0;
    this.isTame = isTame;
  }

  /** From 0 to below 1. */
  next(): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Like {@link chance}, for what makes a request odd. */
  odd(probability: number): boolean {
    return !this.isTame && this.chance(probability);
  }

  /** @throws Error when there is nothing to pick from */
  pick<T>(from: readonly T[]): T {
    const found = from[this.below(from.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }
}

/** The seed of this run: `SUPASTOR_SEED`, or a new one. Tests name it in their messages. */
export function seedOfRun(): number {
  const given = process.env['SUPASTOR_SEED'];
  return given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
}
