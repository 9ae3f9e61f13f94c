import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { startStack } from '../../harness/stack.ts';
import { median, type Table } from '../table.ts';
import { type Bare, startBare } from './bare.ts';
import { cpuSeconds } from './cpu-time.ts';
import { LoadGenerator } from './load-generator.ts';
import type { LoadResult } from './load-worker.ts';
import { measurePeak } from './memory-peak.ts';
import { LARGE_BYTES, type Line, type LoadPlan, narrow, planLoad } from './plan.ts';
import { type CpuCost, judge, type Measurement, printMeasurement } from './report.ts';
import { deletedBucket, KEYS_PER_DELETE, type LoadTarget, type ScenarioName, seededBucket } from './scenarios.ts';
import { clearRows, seedObjects, seedRows, unseed } from './seed.ts';

/** A second server to compare with. Without its database, listings and deletes are measured here only. */
interface SecondServer {
  readonly url: string;
  readonly serviceKey: string;
  readonly databaseUrl: string | null;
}

export interface LoadOptions {
  readonly isQuick: boolean;
  /** Start of the labels of the lines to measure; null: all of them, and the peak of memory. */
  readonly only: string | null;
  readonly second: SecondServer | null;
}

interface Side {
  /** Process of the server, when it is ours. */
  readonly pid?: number;
  readonly target: LoadTarget;
  readonly sql: Client | null;
}

const NEEDS_ROWS: ReadonlySet<ScenarioName> = new Set(['list folder', 'list page', 'delete 100']);
const ROUNDS = 3;
/** Deletes a second and connection that rows are made for; a run that is faster ends early. */
const DELETES_PER_SECOND = 400;

/** Requests a second of a fresh stack, beside bare yardsticks on the same disk and in the same Postgres. */
export async function benchLoad({ isQuick, only, second }: LoadOptions): Promise<Table> {
  const plan = only === null ? planLoad(isQuick) : narrow(planLoad(isQuick), only);
  const stack = await startStack();
  const generator = new LoadGenerator();
  let bare: Bare | null = null;
  let other: Side | null = null;
  let sql: Client | null = null;
  try {
    const access = await stack.access();
    sql = await connect(access.DB_URL);
    const { storage: pid = 0 } = await stack.pids();
    const ours: Side = { pid, target: { base: access.STORAGE_URL, token: access.SERVICE_ROLE_KEY, bucket: bucketName() }, sql };
    bare = await startBare(stack.projectDir, access.DB_URL, sql, plan.sizes);
    await prepare(ours, plan);
    if (second !== null) {
      other = await openSecond(second);
      await prepare(other, plan);
    }
    process.stdout.write(`\nLoad (${plan.durationMs / 1000} s each; compare ratios, not figures)\n`);
    const measured: Measurement[] = [];
    for (const line of plan.lines) {
      for (const concurrency of line.concurrencies) {
        const measurement = await measureLine(generator, plan, { line, concurrency, ours, other, bare });
        printMeasurement(measurement);
        measured.push(measurement);
      }
    }
    if (plan.memoryUploads === 0) return judge(measured, plan, null);
    const peak = await measurePeak(generator, pid, ours.target, plan.memoryUploads, LARGE_BYTES);
    if (peak.load.errors > 0) throw new Error(`uploads failed while memory was measured: ${peak.load.firstError ?? ''}`);
    return judge(measured, plan, peak.peakBytes);
  } finally {
    generator.stop();
    if (other !== null) await unseed(other.target, other.sql, plan.listed);
    await other?.sql?.end();
    await bare?.stop();
    await sql?.end();
    await stack.destroy();
  }
}

interface LineOptions {
  readonly line: Line;
  readonly concurrency: number;
  readonly ours: Side;
  readonly other: Side | null;
  readonly bare: Bare;
}

/** Both servers and the yardstick in turn, several times, so that all see the machine in the same states; medians of the rounds. */
async function measureLine(
  generator: LoadGenerator,
  plan: LoadPlan,
  { line, concurrency, ours, other, bare }: LineOptions,
): Promise<Measurement> {
  const measure = async (scenario: ScenarioName, { pid, target, sql }: Side, round: number): Promise<LoadResult & CpuCost> => {
    const isDelete = scenario === 'delete 100';
    const maxRequests = isDelete ? Math.ceil(((plan.durationMs + plan.warmupMs) / ROUNDS / 1000) * DELETES_PER_SECOND) : undefined;
    if (maxRequests !== undefined && sql !== null) {
      await clearRows(sql, [deletedBucket(target)]);
      await seedRows(sql, target, deletedBucket(target), maxRequests * KEYS_PER_DELETE);
    }
    const before = pid === undefined ? 0 : await cpuSeconds(pid);
    const result = await generator.run({
      scenario,
      target,
      concurrency,
      // A large body may take longer than the warm-up.
      warmupMs: line.size === LARGE_BYTES ? 0 : plan.warmupMs / ROUNDS,
      durationMs: plan.durationMs / ROUNDS,
      size: line.size,
      label: `${scenario.replace(' ', '-')}-${line.size}-${concurrency}-${round}`,
      ...(maxRequests === undefined ? {} : { maxRequests }),
    });
    if (pid === undefined) return { ...result, cpuMs: null };
    return { ...result, cpuMs: (((await cpuSeconds(pid)) - before) * 1000) / result.sent };
  };
  const measurable = other === null || (other.sql === null && NEEDS_ROWS.has(line.scenario)) ? null : other;
  const bareSide: Side = { pid: bare.pid, target: { ...ours.target, base: bare.base }, sql: null };
  const yardstick = line.yardstick;
  const results: Record<'ours' | 'bare' | 'other', (LoadResult & CpuCost)[]> = { ours: [], bare: [], other: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    results.ours.push(await measure(line.scenario, ours, round));
    if (yardstick !== undefined) results.bare.push(await measure(yardstick, bareSide, round));
    if (measurable !== null) results.other.push(await measure(line.scenario, measurable, round));
  }
  return {
    line,
    concurrency,
    ours: merge(results.ours),
    bare: yardstick === undefined ? null : merge(results.bare),
    other: measurable === null ? null : merge(results.other),
  };
}

function merge(rounds: readonly (LoadResult & CpuCost)[]): LoadResult & CpuCost {
  const middle = (read: (result: LoadResult & CpuCost) => number) => median(rounds.map(read));
  const sum = (read: (result: LoadResult) => number) => rounds.reduce((total, result) => total + read(result), 0);
  const firstError = rounds.find((result) => result.firstError !== undefined)?.firstError;
  return {
    requests: sum(({ requests }) => requests),
    sent: sum(({ sent }) => sent),
    errors: sum(({ errors }) => errors),
    ...(firstError === undefined ? {} : { firstError }),
    perSecond: middle(({ perSecond }) => perSecond),
    p50Ms: middle(({ p50Ms }) => p50Ms),
    p99Ms: middle(({ p99Ms }) => p99Ms),
    cpuMs: rounds.some(({ cpuMs }) => cpuMs === null) ? null : middle(({ cpuMs }) => cpuMs ?? 0),
  };
}

async function prepare({ target, sql }: Side, { sizes, listed }: LoadPlan): Promise<void> {
  await seedObjects(target, sizes);
  if (sql === null) return;
  for (const entries of listed) await seedRows(sql, target, seededBucket(target, entries), entries);
  await sql.query('vacuum analyze storage.objects');
}

async function openSecond({ url, serviceKey, databaseUrl }: SecondServer): Promise<Side> {
  const target = { base: url.replace(/\/+$/, ''), token: serviceKey, bucket: bucketName() };
  return { target, sql: databaseUrl === null ? null : await connect(databaseUrl) };
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  return client;
}

function bucketName(): string {
  return `bench-${randomBytes(4).toString('hex')}`;
}
