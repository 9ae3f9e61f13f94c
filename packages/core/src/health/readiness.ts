import { SupastorError } from '@supastor/contract/errors';
import type { DependencyHealth, Readiness } from '@supastor/contract/wire/health';
import type { Clock } from '../operations/ports.ts';

/** Asks one dependency whether it works; rejects when it does not. Null: not used here. */
export type Probe = ((signal: AbortSignal) => Promise<void>) | null;

export interface ReadinessOptions {
  readonly probes: Readonly<Record<string, Probe>>;
  readonly version: string;
  readonly clock: Clock;
  /** Whether the server is about to end: it is not ready then, whatever works. */
  readonly isStopping?: () => boolean;
  /** Longest time one probe may take. */
  readonly timeoutMs?: number;
  /** For this long an answer is given again, so that callers cannot multiply the load on dependencies. */
  readonly cacheMs?: number;
}

/** Probes all dependencies at once and never takes much longer than `timeoutMs`, whatever hangs. */
export function createReadinessCheck(options: ReadinessOptions): () => Promise<Readiness> {
  const { probes, version, clock, timeoutMs = 1500, cacheMs = 500 } = options;
  let latest: { readonly answer: Promise<Readiness>; readonly startedMs: number } | null = null;

  async function checkAll(): Promise<Readiness> {
    const checks = Object.entries(probes).map(async ([name, probe]) => [name, await checkOne(probe, clock, timeoutMs)] as const);
    const dependencies = Object.fromEntries(await Promise.all(checks));
    const down = Object.values(dependencies).some(({ state }) => state === 'down');
    return { status: down ? 'unready' : 'ready', version, dependencies };
  }

  return async () => {
    if (!latest || clock.now() - latest.startedMs >= cacheMs) latest = { answer: checkAll(), startedMs: clock.now() };
    const answer = await latest.answer;
    return options.isStopping?.() === true ? { ...answer, status: 'unready' } : answer;
  };
}

async function checkOne(probe: Probe, clock: Clock, timeoutMs: number): Promise<DependencyHealth> {
  if (!probe) return { state: 'disabled', latencyMs: null, detail: null };
  const startedMs = clock.now();
  const controller = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new SupastorError('SJ_TIMEOUT', 'The probe did not answer.'));
    controller.abort();
  }, timeoutMs);
  try {
    await Promise.race([late, probe(controller.signal)]);
    return { state: 'up', latencyMs: clock.now() - startedMs, detail: null };
  } catch (error) {
    return { state: 'down', latencyMs: clock.now() - startedMs, detail: describe(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Anyone may read this, so it names the kind of failure and no address, path or statement. */
function describe(error: unknown): string {
  if (error instanceof SupastorError) return error.title;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'failed';
}
