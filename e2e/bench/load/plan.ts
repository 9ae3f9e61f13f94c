import type { ScenarioName } from './scenarios.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
export const LARGE_BYTES = 64 * MIB;

/** One line of the report: a scenario at a size, measured at each concurrency. */
export interface Line {
  readonly scenario: ScenarioName;
  readonly size: number;
  readonly label: string;
  readonly concurrencies: readonly number[];
  readonly yardstick?: ScenarioName;
}

export interface LoadPlan {
  readonly lines: readonly Line[];
  readonly warmupMs: number;
  readonly durationMs: number;
  /** Sizes of objects that must be there to be read. */
  readonly sizes: readonly number[];
  /** Entries of the small and of the large bucket. */
  readonly listed: readonly number[];
  readonly memoryUploads: number;
}

/** The lines of a plan whose labels begin so, and what they need; the peak of memory is then left out. @throws Error when there is none */
export function narrow(plan: LoadPlan, only: string): LoadPlan {
  const lines = plan.lines.filter(({ label }) => label.startsWith(only));
  if (lines.length === 0) throw new Error(`--only ${only} fits none of: ${plan.lines.map(({ label }) => label).join(', ')}`);
  const isListed = (entries: number) => lines.some(({ scenario, size }) => scenario.startsWith('list') && size === entries);
  return { ...plan, lines, listed: plan.listed.filter(isListed), memoryUploads: 0 };
}

/** What is measured. `isQuick`: concurrency 16 only, a second each, a smaller large bucket. */
export function planLoad(isQuick: boolean): LoadPlan {
  const concurrencies = isQuick ? [16] : [1, 16, 64];
  const large = isQuick ? [4] : [1, 4];
  const listed = isQuick ? ([20_000, 200_000] as const) : ([20_000, 1_000_000] as const);
  const sized = (scenario: ScenarioName, yardstick: ScenarioName, size: number, name: string): Line => ({
    scenario,
    size,
    label: `${scenario} ${name}`,
    concurrencies: size === LARGE_BYTES ? large : concurrencies,
    yardstick,
  });
  const plain = (scenario: ScenarioName, size: number, label: string): Line => ({ scenario, size, label, concurrencies });
  return {
    warmupMs: isQuick ? 300 : 1000,
    durationMs: isQuick ? 1000 : 3000,
    sizes: [4 * KIB, MIB, LARGE_BYTES],
    listed,
    memoryUploads: 64,
    lines: [
      sized('upload', 'bare upload', 4 * KIB, '4 KiB'),
      sized('upload', 'bare upload', MIB, '1 MiB'),
      sized('upload', 'bare upload', LARGE_BYTES, '64 MiB'),
      sized('get public', 'bare get', 4 * KIB, '4 KiB'),
      sized('get public', 'bare get', MIB, '1 MiB'),
      sized('get public', 'bare get', LARGE_BYTES, '64 MiB'),
      sized('get authenticated', 'bare get', 4 * KIB, '4 KiB'),
      sized('get authenticated', 'bare get', MIB, '1 MiB'),
      plain('head', 4 * KIB, 'head'),
      ...listed.flatMap((entries) => [
        plain('list folder', entries, `list folder of 100 in ${entries}`),
        plain('list page', entries, `list-v2 page of 100 in ${entries}`),
      ]),
      plain('sign', 4 * KIB, 'sign'),
      plain('delete 100', 0, 'delete 100 keys'),
    ],
  };
}
