import { SupastorError } from '@supastor/contract/errors';
import type { LogRecord } from '@supastor/contract/wire/log-record';
import type { ServiceName, ServiceState, ServiceStatus } from '@supastor/contract/wire/service-status';
import { SERVICE_NAMES } from '@supastor/contract/wire/service-status';
import type { PlacedSpec } from '@supastor/core/stack/service-spec';
import type { LogQuery, StackEvent } from '@supastor/core/stack/stack-control.port';
import type { SupervisorClient } from '../control-client.ts';
import type { StackPaths } from '../files/paths.ts';
import { readState, type ServiceRecord, type StackState, writeState } from '../files/state-file.ts';
import { LogCollector } from '../logs/log-collector.ts';
import type { RotationLimits } from '../logs/log-file.ts';
import { logFilePath, matchesLevel, readLogRecords } from '../logs/log-reader.ts';
import { adoptProcess, terminate } from '../process-handle.ts';
import { findByEnvironment, identifyProcess, isSessionLeader } from '../process-identity.ts';
import { createProcessMeter } from '../process-meter.ts';
import { createChannel } from './channel.ts';
import type { Launcher } from './launcher.ts';
import { ManagedService } from './managed-service.ts';

export interface SupervisorOptions {
  readonly paths: StackPaths;
  readonly environment: string;
  readonly limits: RotationLimits;
  readonly launcherFor: (service: ServiceName) => Launcher;
  /** `NAME=value` that every process of this stack has in its environment. */
  readonly marker: string;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields?: Readonly<Record<string, unknown>>) => void;
}

const STREAM_CAPACITY = 10_000;
const REAP_TIMEOUT_MS = 5000;
/** Load is told of the last two of these. */
const MEASURE_MS = 5000;

/** Looks after every service of one stack. It offers the same interface in its own process as over its control socket. */
export class Supervisor implements SupervisorClient {
  readonly #options: SupervisorOptions;
  readonly #services = new Map<ServiceName, ManagedService>();
  readonly #logs: LogCollector;
  readonly #meter = createProcessMeter();
  #measuring: NodeJS.Timeout | null = null;
  readonly #eventListeners = new Set<(event: StackEvent) => void>();
  readonly #stopped = Promise.withResolvers<void>();
  #shutdown: Promise<void> | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { paths, limits, log } = options;
    const onError = (error: unknown) => log('error', 'logs cannot be written', { error: String(error) });
    this.#logs = new LogCollector({ logsDir: paths.logsDir, spoolDir: paths.spoolDir, limits, services: SERVICE_NAMES, onError });
  }

  /** Takes over what an earlier supervisor left running, and ends what belongs to this stack but is not known. */
  async start(): Promise<void> {
    this.#logs.start();
    const state = readState(this.#options.paths.stateFile);
    for (const record of state?.services ?? []) this.#takeOver(record);
    this.#persist();
    this.#measuring = setInterval(() => void this.status(), MEASURE_MS);
    await this.#reapStrangers();
  }

  async status(): Promise<readonly ServiceStatus[]> {
    await this.#meter.refresh();
    return SERVICE_NAMES.flatMap((name) => this.#services.get(name)?.status() ?? []);
  }

  async act(name: ServiceName, action: 'start' | 'stop' | 'restart'): Promise<ServiceStatus> {
    this.#refuseWhenLeaving();
    const service = this.#services.get(name);
    if (!service) {
      throw new SupastorError('SJ_SERVICE_UNKNOWN', `${name} is not part of this stack`, { hint: 'supastor status' });
    }
    if (action !== 'stop') this.#requireDependencies(service.spec);
    await service[action]();
    return service.status();
  }

  async apply(spec: PlacedSpec): Promise<ServiceStatus> {
    this.#refuseWhenLeaving();
    const service = this.#services.get(spec.name) ?? this.#add(spec);
    await service.apply(spec);
    return service.status();
  }

  async forget(name: ServiceName): Promise<void> {
    await this.#services.get(name)?.stop();
    this.#services.delete(name);
    this.#persist();
  }

  async *logs(query: LogQuery, signal?: AbortSignal): AsyncGenerator<LogRecord> {
    this.#logs.collect();
    const channel = createChannel<LogRecord>(STREAM_CAPACITY);
    const wanted = (record: LogRecord) =>
      (query.services.length === 0 || query.services.some((name) => name === record.service)) && matchesLevel(record, query.level);
    // Subscribed in the same turn as the past is read, so that nothing falls between the two.
    const unsubscribe = query.follow ? this.#logs.subscribe((record) => wanted(record) && channel.push(record)) : () => false;
    signal?.addEventListener('abort', () => channel.close(), { once: true });
    try {
      const { paths, limits } = this.#options;
      yield* readLogRecords({ logsDir: paths.logsDir, maxFiles: limits.maxFiles, services: SERVICE_NAMES }, query);
      if (query.follow && !signal?.aborted) yield* channel;
    } finally {
      unsubscribe();
    }
  }

  async *events(signal?: AbortSignal): AsyncGenerator<StackEvent> {
    const channel = createChannel<StackEvent>(STREAM_CAPACITY);
    const listener = (event: StackEvent) => {
      channel.push(event);
      if (event.name === 'stack.stopped') channel.close();
    };
    this.#eventListeners.add(listener);
    signal?.addEventListener('abort', () => channel.close(), { once: true });
    try {
      yield* channel;
    } finally {
      this.#eventListeners.delete(listener);
    }
  }

  /** Stops every service, those that others depend on last. Resolves when no process is left; calling it again waits for the same. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#stopAll();
    return this.#shutdown;
  }

  /** Resolves once everything has been stopped. */
  get whenStopped(): Promise<void> {
    return this.#stopped.promise;
  }

  async #stopAll(): Promise<void> {
    const stopped = new Map<ServiceName, Promise<void>>();
    const stop = (service: ManagedService): Promise<void> => {
      const known = stopped.get(service.name);
      if (known) return known;
      const dependents = [...this.#services.values()].filter((other) => other.spec.dependsOn.includes(service.name));
      const stopping = Promise.all(dependents.map(stop)).then(() => service.stop());
      stopped.set(service.name, stopping);
      return stopping;
    };
    await Promise.all([...this.#services.values()].map(stop));
    this.#logs.stop();
    if (this.#measuring) clearInterval(this.#measuring);
    writeState(this.#options.paths.stateFile, { ...this.#state(), supervisor: null });
    this.#emit({ name: 'stack.stopped', payload: { environment: this.#options.environment } });
    this.#stopped.resolve();
  }

  #takeOver(record: ServiceRecord): void {
    const service = this.#add(record.spec);
    const handle = record.process && adoptProcess(record.process);
    if (!handle) {
      if (record.wanted) service.note('its process ended while no supervisor was there', record.restarts);
      return;
    }
    this.#options.log('info', 'service adopted', { service: record.spec.name, pid: handle.id.pid });
    service.adopt(handle, record);
  }

  async #reapStrangers(): Promise<void> {
    const known = new Set([...this.#services.values()].map((service) => service.status().pid));
    const own = findByEnvironment(this.#options.marker);
    // Children of the known carry the same mark; only leaders of their own session were started by a supervisor.
    const strangers = own.filter((pid) => !known.has(pid) && isSessionLeader(pid));
    await Promise.all(
      strangers.map(async (pid) => {
        const id = identifyProcess(pid);
        const handle = id && adoptProcess(id);
        if (!handle) return;
        this.#options.log('warn', 'process of an earlier supervisor ended', { pid });
        await terminate(handle, 'SIGTERM', REAP_TIMEOUT_MS);
      }),
    );
  }

  #add(spec: PlacedSpec): ManagedService {
    const { paths, limits } = this.#options;
    const { name } = spec;
    const service = new ManagedService(spec, {
      launcher: this.#options.launcherFor(name),
      outputPath: this.#logs.spoolPath(name),
      logPath: logFilePath(paths.logsDir, name),
      recentLines: (since, count, level) => {
        this.#logs.collect(true);
        const files = { logsDir: paths.logsDir, maxFiles: limits.maxFiles, services: [name] };
        return readLogRecords(files, { services: [name], since, tail: count, ...(level ? { level } : {}) }).map(({ msg }) => msg);
      },
      measure: (pid) => this.#meter.measure(pid),
      changed: (from, to) => this.#onChange(name, from, to),
    });
    this.#services.set(name, service);
    return service;
  }

  #onChange(name: ServiceName, from: ServiceState, to: ServiceState): void {
    this.#persist();
    const status = this.#services.get(name)?.status();
    if (!status || from === to) return;
    const level = to === 'crashed' || to === 'backoff' || to === 'unhealthy' ? 'warn' : 'info';
    this.#options.log(level, 'service changed', { service: name, from, to, ...(status.detail === null ? {} : { detail: status.detail }) });
    this.#emit({ name: 'service.changed', payload: { service: name, from, to, status } });
  }

  #state(): StackState {
    const services = SERVICE_NAMES.flatMap((name) => this.#services.get(name)?.record() ?? []);
    return { version: 1, supervisor: identifyProcess(process.pid), services };
  }

  #persist(): void {
    try {
      writeState(this.#options.paths.stateFile, this.#state());
    } catch (error) {
      // The services matter more than the note about them; it is written again at the next change.
      this.#options.log('error', 'state cannot be written', { error: String(error) });
    }
  }

  #emit(event: StackEvent): void {
    for (const listener of this.#eventListeners) listener(event);
  }

  #requireDependencies(spec: PlacedSpec): void {
    const missing = spec.dependsOn.filter((name) => this.#services.get(name)?.state !== 'healthy');
    const [first] = missing;
    if (first === undefined) return;
    throw new SupastorError('SJ_TRANSITION_REFUSED', `${spec.name} needs ${missing.join(' and ')}, which is not healthy`, {
      hint: `supastor restart ${first}`,
      meta: { service: spec.name, missing },
    });
  }

  #refuseWhenLeaving(): void {
    if (this.#shutdown) throw new SupastorError('SJ_TRANSITION_REFUSED', 'The stack is being stopped', { hint: 'supastor up' });
  }
}
