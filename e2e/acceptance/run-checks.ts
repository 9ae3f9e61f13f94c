import { inspect } from 'node:util';
import { type Check, Mismatch, PROFILES, type Profile, Skip } from './check.ts';
import type { World } from './world.ts';

export interface Plan {
  readonly profile: Profile;
  readonly isUpstream: boolean;
  readonly only: string;
}

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const MAX_SHOWN = 1200;

/** Runs checks one after the other; a line for each that failed or was skipped, and a closing line with the counts. */
export async function runChecks(checks: readonly Check[], plan: Plan, world: World, print: (line: string) => void): Promise<Tally> {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const each of checks.filter((candidate) => isWanted(candidate, plan))) {
    const outcome = await runOne(each, plan, world);
    tally[outcome.kind] += 1;
    if (outcome.kind !== 'passed') print(`${outcome.kind}: ${each.profile}: ${each.name}${outcome.detail}`);
  }
  const left = await world.clean();
  for (const what of left) print(`failed: clean-up: ${what} is left behind`);
  tally.failed += left.length;
  if (tally.passed + tally.failed === 0) {
    print('failed: nothing was checked');
    tally.failed = 1;
  }
  print(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  return tally;
}

interface Outcome {
  readonly kind: keyof Tally;
  readonly detail: string;
}

async function runOne({ run, isBetter }: Check, { isUpstream }: Plan, world: World): Promise<Outcome> {
  if (isBetter && isUpstream) return { kind: 'skipped', detail: ' (the original behaves otherwise)' };
  try {
    await run(world);
    return { kind: 'passed', detail: '' };
  } catch (error) {
    if (error instanceof Skip) return { kind: 'skipped', detail: ` (${error.message})` };
    return { kind: 'failed', detail: `\n${explain(error)}` };
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Mismatch)) return `    ${show(error)}`;
  return `    ${error.message}\n    expected ${show(error.expected)}\n    got      ${show(error.got)}`;
}

function show(value: unknown): string {
  const text = value instanceof Error ? `${value.name}: ${value.message}` : inspect(value, { depth: 6, breakLength: Infinity });
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
}

function isWanted({ profile, name }: Check, { profile: chosen, only }: Plan): boolean {
  return PROFILES.indexOf(profile) <= PROFILES.indexOf(chosen) && name.includes(only);
}
