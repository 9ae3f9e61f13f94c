import type { World } from './world.ts';

/** Each profile holds the ones before it. */
export const PROFILES = ['smoke', 'core', 'wire', 'full'] as const;
export type Profile = (typeof PROFILES)[number];

export interface Check {
  /** What holds, as a sentence. */
  readonly name: string;
  /** Smallest profile that runs it. */
  readonly profile: Profile;
  /** Asserts something that we do more safely than the original; left out with `--upstream`. */
  readonly isBetter: boolean;
  readonly run: (world: World) => Promise<void>;
}

export function check(name: string, profile: Profile, run: Check['run']): Check {
  return { name, profile, run, isBetter: false };
}

/** A check that the original is known not to pass. */
export function better(name: string, profile: Profile, run: Check['run']): Check {
  return { name, profile, run, isBetter: true };
}

/** Ends a check as skipped: the server says that it lacks the feature, or the run was not given what the check needs. */
export class Skip extends Error {
  override readonly name = 'Skip';
}

/** A difference between what must be and what is. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
  readonly expected: unknown;
  readonly got: unknown;

  constructor(what: string, expected: unknown, got: unknown) {
    super(what);
    this.expected = expected;
    this.got = got;
  }
}
