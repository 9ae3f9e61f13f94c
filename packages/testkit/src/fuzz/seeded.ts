/** Numbers that look random and are the same for the same seed. */
export class Seeded {
  #state: number;

  readonly #oddness: number;

  /** `oddness` from 0 to 1 scales what is odd: with 0, nothing odd is ever chosen. */
  constructor(seed: number, oddness = 1) {
    this.#state = seed >>> 0;
    this.#oddness = oddness;
  }

  get isTame(): boolean {
    return this.#oddness === 0;
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
    return this.chance(probability * this.#oddness);
  }

  /** @throws Error when there is nothing to pick from */
  pick<T>(from: readonly T[]): T {
    const found = from[this.below(from.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }
}

/** Of the short form, so that it never surprises someone who changed something else. */
const SHORT_FORM_SEED = 20_261_125;

/** The seed of this run: `SUPASTOR_SEED`; a new one in a soak; else always the same. Tests name it in their messages. */
export function seedOfRun(): number {
  const { SUPASTOR_SEED: given, SUPASTOR_SOAK_ROUNDS: soak } = process.env;
  if (given !== undefined) return Number(given);
  return soak === undefined ? SHORT_FORM_SEED : Math.floor(Math.random() * 2 ** 31);
}
