import type { Row, Table } from '../table.ts';
import type { LoadResult } from './load-worker.ts';
import { LARGE_BYTES, type Line, type LoadPlan } from './plan.ts';

export interface CpuCost {
  /** CPU time of the server per request, its threads and children included; null for a server that is not ours. */
  readonly cpuMs: number | null;
}

export interface Measurement {
  readonly line: Line;
  readonly concurrency: number;
  readonly ours: LoadResult & CpuCost;
  readonly bare: (LoadResult & CpuCost) | null;
  readonly other: (LoadResult & CpuCost) | null;
}

/** At least so much of the yardstick; of large transfers more. */
const SMALL_SHARE = 0.6;
const LARGE_SHARE = 0.8;
const LIST_FACTOR = 1.5;
const OTHER_FACTOR = 4;
const PEAK_MEGABYTES = 200;

/** One line per measurement: requests a second, times, ratio to the yardstick and to the second server. */
export function printMeasurement({ line, concurrency, ours, bare, other }: Measurement): void {
  const cells = [
    `${line.label} c=${concurrency}`.padEnd(42),
    describe(ours),
    bare === null ? '' : `  ${ratio(ours, bare).toFixed(2)} of bare ${rate(bare)}${cpu(bare)}`,
    other === null ? '' : `  ${ratio(ours, other).toFixed(2)} x second ${rate(other)}`,
  ];
  process.stdout.write(`  ${cells.join('')}\n`);
  for (const [name, result] of [
    ['here', ours],
    ['bare', bare],
    ['second', other],
  ] as const)
    if (result !== null && result.errors > 0)
      process.stdout.write(`    ${name}: ${result.errors} errors, first: ${result.firstError ?? ''}\n`);
}

/** The promises of the documentation against what was measured. */
export function judge(measured: readonly Measurement[], { listed, memoryUploads }: LoadPlan, peakBytes: number | null): Table {
  const [small = 0, large = 0] = listed;
  return {
    title: 'Against the targets',
    rows: [
      ...measured.flatMap(shareOfBare),
      ...measured.flatMap(againstOther),
      ...['list folder', 'list page'].flatMap((scenario) =>
        compareLists(
          measured.filter(({ line }) => line.scenario === scenario),
          small,
          large,
        ),
      ),
      ...(peakBytes === null ? [] : [judgePeak(peakBytes / 1e6, memoryUploads)]),
    ],
  };
}

function judgePeak(megabytes: number, uploads: number): Row {
  return {
    what: `peak memory, ${uploads} uploads of 64 MiB at once`,
    value: `${megabytes.toFixed(0)} MB`,
    target: `under ${PEAK_MEGABYTES} MB`,
    met: megabytes < PEAK_MEGABYTES,
  };
}

function shareOfBare({ line, concurrency, ours, bare }: Measurement): Row[] {
  if (bare === null) return [];
  const share = line.size === LARGE_BYTES ? LARGE_SHARE : SMALL_SHARE;
  const got = ratio(ours, bare);
  return [{ what: `${line.label} c=${concurrency} / bare`, value: got.toFixed(2), target: `at least ${share}`, met: got >= share }];
}

function againstOther({ line, concurrency, ours, other }: Measurement): Row[] {
  if (other === null || concurrency !== 16) return [];
  const got = ratio(ours, other);
  return [{ what: `${line.label} c=16 / second`, value: got.toFixed(2), target: `at least ${OTHER_FACTOR}`, met: got >= OTHER_FACTOR }];
}

function compareLists(measured: readonly Measurement[], small: number, large: number): Row[] {
  return measured
    .filter(({ line }) => line.size === small)
    .flatMap(({ line, concurrency, ours }) => {
      const big = measured.find((each) => each.line.size === large && each.concurrency === concurrency);
      if (big === undefined) return [];
      const factor = big.ours.p50Ms / ours.p50Ms;
      return [
        {
          what: `${line.scenario} c=${concurrency}: p50 in ${large} / in ${small}`,
          value: factor.toFixed(2),
          target: `under ${LIST_FACTOR}`,
          met: factor < LIST_FACTOR,
        },
      ];
    });
}

function ratio(ours: LoadResult, other: LoadResult): number {
  return ours.perSecond / other.perSecond;
}

function describe(result: LoadResult & CpuCost): string {
  return `${rate(result).padStart(10)}  p50 ${milliseconds(result.p50Ms)}  p99 ${milliseconds(result.p99Ms)}${cpu(result)}`;
}

function rate({ perSecond }: LoadResult): string {
  return `${perSecond < 100 ? perSecond.toFixed(1) : perSecond.toFixed(0)}/s`;
}

/** Less sensitive to what else the machine does than requests a second. */
function cpu({ cpuMs }: CpuCost): string {
  return cpuMs === null ? '' : `  CPU ${milliseconds(cpuMs)}`;
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`.padStart(9);
}
