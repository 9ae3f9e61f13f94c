import { setTimeout as sleep } from 'node:timers/promises';
import { SupastorError } from '@supastor/contract/errors';
import type { LogLevel } from '@supastor/contract/wire/log-record';
import type { ServiceName, ServiceState, ServiceStatus } from '@supastor/contract/wire/service-status';
import { decideRestart, recentRestarts } from '@supastor/core/stack/restart-policy';
import type { PlacedSpec } from '@supastor/core/stack/service-spec';
import { hashLaunch } from '@supastor/core/stack/spec-hash';
import { hasProcess, moveState } from '@supastor/core/stack/state';
import type { ServiceRecord } from '../files/state-file.ts';
import { type ExitInfo, type ProcessHandle, spawnProcess, terminate } from '../process-handle.ts';
import type { MeteredUsage } from '../process-meter.ts';
import { describeProcess } from '../describe-process.ts';
import type { Launcher } from './launcher.ts';
import { describeExit } from './describe-exit.ts';

export interface ManagedServiceDeps {
  readonly launcher: Launcher;
  /** File the process writes its output to. */
  readonly outputPath: string;
  readonly logPath: string;
  /** The last lines the service wrote since a time (ISO 8601), oldest first; of a level at least as severe, when one is given. */
  readonly recentLines: (since: string, count: number, level?: LogLevel) => readonly string[];
  /** What the process with this id uses. */
  readonly measure: (pid: number) => MeteredUsage;
  /** Told after every change of state. */
  readonly changed: (from: ServiceState, to: ServiceState) => void;
}

/** How long an adopted process may take to prove that it is healthy. */
const ADOPTION_PERIOD_MS = 10_000;
/** Failed checks in a row after which a healthy service counts as unhealthy. */
const UNHEALTHY_AFTER = 2;
const RECHECK_MS = 500;
const FIRST_POLL_MS = 20;
const SLOWEST_POLL_MS = 250;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One service over its whole life: started behind a health gate, watched, restarted with back-off, stopped gracefully. */
export class ManagedService {
  readonly #deps: ManagedServiceDeps;
  #spec: PlacedSpec;
  #state: ServiceState = 'stopped';
  #wanted = false;
  #handle: ProcessHandle | null = null;
  #stopSignal: NodeJS.Signals = 'SIGTERM';
  #startedAt: string | null = null;
  #detail: string | null = null;
  #restarts = 0;
  #restartsAtMs: number[] = [];
  /** Why the process was ended by us before it was healthy. */
  #verdict: string | null = null;
  #failure: SupastorError | null = null;
  /** Grows with every launch and stop; work of an earlier one that comes back late is dropped. */
  #generation = 0;
  #launching: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #waiters = new Set<Waiter>();

  constructor(spec: PlacedSpec, deps: ManagedServiceDeps) {
    this.#spec = spec;
    this.#deps = deps;
  }

  get name(): ServiceName {
    return this.#spec.name;
  }

  get spec(): PlacedSpec {
    return this.#spec;
  }

  get state(): ServiceState {
    return this.#state;
  }

  status(): ServiceStatus {
    const pid = this.#handle?.id.pid ?? null;
    return describeProcess(this.#spec, {
      state: this.#state,
      pid,
      startedAt: this.#startedAt,
      restarts: this.#restarts,
      detail: this.#detail,
      usage: pid === null ? null : this.#deps.measure(pid),
    });
  }

  /** What the state file keeps, so that another supervisor can go on from here. */
  record(): ServiceRecord {
    return {
      spec: this.#spec,
      wanted: this.#wanted,
      state: this.#state,
      process: this.#handle?.id ?? null,
      startedAt: this.#startedAt,
      restarts: this.#restarts,
      detail: this.#detail,
    };
  }

  /**
   * Starts it unless it runs. Resolves when it is healthy.
   * @throws SJ_SERVICE_START_FAILED, SJ_SERVICE_UNHEALTHY, or the reason it cannot be started
   */
  async start(): Promise<void> {
    await this.#stopping;
    if (this.#state === 'healthy') return;
    this.#wanted = true;
    const settled = this.#settled(this.#state === 'unhealthy' ? this.#spec.health.startPeriodMs : null);
    if (this.#state === 'stopped' || this.#state === 'crashed' || this.#state === 'backoff') {
      if (this.#state !== 'backoff') this.#restartsAtMs = [];
      this.#clearTimer();
      this.#launch();
    }
    await settled;
  }

  /** Stops it gracefully, and by force after the spec's time-out. Resolves when its process is gone. */
  stop(): Promise<void> {
    this.#wanted = false;
    this.#clearTimer();
    this.#generation++;
    if (this.#state === 'backoff' || this.#state === 'crashed') this.#move('stopped', null);
    if (this.#state === 'stopped') return Promise.resolve();
    this.#stopping ??= this.#stopProcess().finally(() => {
      this.#stopping = null;
    });
    return this.#stopping;
  }

  /** Makes it run with this spec. The process is replaced only when it would see a difference. */
  async apply(spec: PlacedSpec): Promise<void> {
    const replace = hashLaunch(spec) !== hashLaunch(this.#spec);
    if (replace) await this.stop();
    this.#spec = spec;
    if (!replace && this.#state === 'healthy') return this.#deps.changed(this.#state, this.#state);
    await this.start();
  }

  /** Stops and starts it. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Takes over a process that runs already; it has a while to prove healthy, else it is replaced. */
  adopt(handle: ProcessHandle, record: ServiceRecord): void {
    this.#wanted = true;
    this.#restarts = record.restarts;
    this.#startedAt = record.startedAt;
    this.#stopSignal = this.name === 'postgres' ? 'SIGINT' : 'SIGTERM';
    this.#move('starting', 'adopted from an earlier supervisor');
    this.#attach(handle);
    this.#launching = this.#passGate(++this.#generation, handle, ADOPTION_PERIOD_MS);
  }

  /** Leaves a note on a service that is not running. */
  note(detail: string, restarts: number): void {
    this.#detail = detail;
    this.#restarts = restarts;
  }

  #launch(): void {
    const generation = ++this.#generation;
    this.#verdict = null;
    this.#failure = null;
    this.#move('starting', null);
    this.#launching = this.#start(generation).catch((error: unknown) => this.#giveUp(generation, error));
  }

  async #start(generation: number): Promise<void> {
    const command = await this.#deps.launcher.prepare(this.#spec);
    if (generation !== this.#generation) return;
    const handle = await spawnProcess(command, this.#deps.outputPath);
    this.#stopSignal = command.stopSignal;
    this.#startedAt = new Date().toISOString();
    this.#attach(handle);
    // Written down at once: a supervisor that is killed now must find this process again.
    this.#deps.changed(this.#state, this.#state);
    await this.#passGate(generation, handle, this.#spec.health.startPeriodMs);
  }

  #attach(handle: ProcessHandle): void {
    this.#handle = handle;
    void this.#awaitExit(handle);
  }

  async #awaitExit(handle: ProcessHandle): Promise<void> {
    const info = await handle.exited;
    if (this.#handle !== handle) return;
    this.#handle = null;
    if (this.#state !== 'stopping') this.#onUnwantedExit(info);
  }

  async #passGate(generation: number, handle: ProcessHandle, periodMs: number): Promise<void> {
    const deadline = performance.now() + periodMs;
    for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(SLOWEST_POLL_MS, pollMs * 1.5)) {
      const problem = await this.#problem();
      if (generation !== this.#generation || this.#handle !== handle) return;
      if (problem === null) break;
      if (performance.now() > deadline) return this.#condemn(handle, `was not healthy within ${Math.round(periodMs / 1000)} s: ${problem}`);
      await sleep(pollMs);
      if (generation !== this.#generation || this.#handle !== handle) return;
    }
    try {
      await this.#deps.launcher.onReady?.(this.#spec);
    } catch (error) {
      if (generation === this.#generation) this.#condemn(handle, `could not be set up: ${messageOf(error)}`);
      return;
    }
    if (generation !== this.#generation || this.#handle !== handle) return;
    this.#move('healthy', null);
    this.#watchHealth(generation, 0);
  }

  /** Null when healthy. */
  #problem(): Promise<string | null> {
    return this.#deps.launcher.check(this.#spec).then(() => null, messageOf);
  }

  #watchHealth(generation: number, failures: number): void {
    const delayMs = failures === 0 ? this.#spec.health.intervalMs : Math.min(RECHECK_MS, this.#spec.health.intervalMs);
    this.#timer = setTimeout(() => void this.#checkHealth(generation, failures), delayMs);
  }

  async #checkHealth(generation: number, failures: number): Promise<void> {
    const problem = await this.#problem();
    if (generation !== this.#generation || (this.#state !== 'healthy' && this.#state !== 'unhealthy')) return;
    const count = problem === null ? 0 : failures + 1;
    if (problem === null && this.#state === 'unhealthy') this.#move('healthy', null);
    if (problem !== null && this.#state === 'healthy' && count >= UNHEALTHY_AFTER) this.#move('unhealthy', problem);
    this.#watchHealth(generation, count);
  }

  #condemn(handle: ProcessHandle, verdict: string): void {
    this.#verdict = verdict;
    void terminate(handle, this.#stopSignal, this.#spec.stopTimeoutMs);
  }

  #onUnwantedExit(info: ExitInfo): void {
    this.#clearTimer();
    this.#generation++;
    const lines = this.#deps.recentLines(this.#startedAt ?? '', 8);
    const why = this.#verdict ?? describeExit(info, this.#state === 'starting');
    const nowMs = Date.now();
    const decision = decideRestart(this.#spec.restart, this.#restartsAtMs, nowMs);
    if (decision.kind === 'give-up') {
      const times = decision.restarts === 1 ? '1 restart' : `${decision.restarts} restarts`;
      const message = `${this.name} ${why}; given up after ${times} within ${decision.windowSeconds} s`;
      this.#failure = this.#startFailure(message, lines);
      this.#move('crashed', [`${why}; given up after ${times}`, ...lines.slice(-3)].join('\n'));
      return;
    }
    this.#restartsAtMs = [...recentRestarts(this.#spec.restart, this.#restartsAtMs, nowMs), nowMs];
    this.#restarts++;
    const [complaint] = this.#deps.recentLines(this.#startedAt ?? '', 1, 'error');
    this.#move('backoff', `${why}; starts again in ${decision.delayMs} ms${complaint === undefined ? '' : `: ${complaint}`}`);
    this.#timer = setTimeout(() => this.#launch(), decision.delayMs);
  }

  /** A failure that another attempt would meet again: no room, no program, port taken. */
  #giveUp(generation: number, error: unknown): void {
    if (generation !== this.#generation) return;
    this.#generation++;
    this.#failure =
      error instanceof SupastorError ? error : this.#startFailure(`${this.name} could not be started: ${messageOf(error)}`, []);
    this.#move('crashed', this.#failure.message);
  }

  #startFailure(message: string, lines: readonly string[]): SupastorError {
    const quoted = lines.map((line) => `\n  ${line}`).join('');
    return new SupastorError('SJ_SERVICE_START_FAILED', `${message}${quoted}`, {
      hint: `supastor logs ${this.name}`,
      meta: { service: this.name, log: this.#deps.logPath },
    });
  }

  async #stopProcess(): Promise<void> {
    if (this.#state !== 'stopping') this.#move('stopping', null);
    // A launch under way notices the new generation and ends; if it got as far as a process, that is the handle now.
    await this.#launching;
    const handle = this.#handle;
    const killed = handle ? await terminate(handle, this.#stopSignal, this.#spec.stopTimeoutMs) : false;
    this.#handle = null;
    this.#startedAt = null;
    this.#move('stopped', killed ? `did not stop within ${this.#spec.stopTimeoutMs} ms and was killed` : null);
  }

  #settled(limitMs: number | null): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.add({ resolve, reject });
      if (limitMs === null) return;
      const late = () =>
        reject(new SupastorError('SJ_SERVICE_UNHEALTHY', `${this.name} stays unhealthy: ${this.#detail ?? 'no reason given'}`));
      setTimeout(late, limitMs).unref();
    });
  }

  #move(to: ServiceState, detail: string | null): void {
    const from = this.#state;
    this.#state = moveState(this.name, from, to);
    this.#detail = detail;
    this.#deps.changed(from, to);
    if (to !== 'healthy' && to !== 'crashed' && to !== 'stopped') return;
    for (const waiter of this.#waiters) {
      if (to === 'healthy') waiter.resolve();
      else waiter.reject(this.#failure ?? new SupastorError('SJ_SERVICE_START_FAILED', `${this.name} was stopped before it was healthy`));
    }
    this.#waiters.clear();
  }

  #clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Whether a process of this service exists. */
  get isAlive(): boolean {
    return hasProcess(this.#state);
  }

  /** Whether it should be running. */
  get isWanted(): boolean {
    return this.#wanted;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
