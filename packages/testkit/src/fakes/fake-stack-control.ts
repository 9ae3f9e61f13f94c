import { SupastorError } from '@supastor/contract/errors';
import type { LogRecord } from '@supastor/contract/wire/log-record';
import type { ServiceInstance, ServiceName, ServiceState, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { StackControl, StackEvent } from '@supastor/core/stack/stack-control.port';
import { createBroadcast } from './broadcast.ts';

const EMBEDDED: readonly ServiceName[] = ['postgres', 'storage', 'meta', 'admin'];

export interface FakeStackControl extends StackControl {
  /** What was asked for, in order: `restart storage`. */
  readonly actions: readonly string[];
  setState(service: ServiceName, state: ServiceState): void;
  log(record: Pick<LogRecord, 'service' | 'msg'>): void;
  /** Ends all streams, as a restarting supervisor does. */
  dropStreams(): void;
}

/** A stack in memory whose services obey at once. */
export function createFakeStackControl(): FakeStackControl {
  const states = new Map<ServiceName, ServiceState>(EMBEDDED.map((name) => [name, 'healthy']));
  const records: LogRecord[] = [];
  const actions: string[] = [];
  const events = createBroadcast<StackEvent>();
  const logs = createBroadcast<LogRecord>();

  function setState(service: ServiceName, to: ServiceState): void {
    const from = states.get(service) ?? 'stopped';
    states.set(service, to);
    events.push({ name: 'service.changed', payload: { service, from, to, status: statusOf(service, to) } });
  }

  return {
    actions,
    setState,
    async status() {
      return [...states].map(([name, state]) => statusOf(name, state));
    },
    async act(service, action) {
      if (!states.has(service)) throw new SupastorError('SJ_SERVICE_UNKNOWN', `There is no service ${service}.`);
      actions.push(`${action} ${service}`);
      setState(service, action === 'stop' ? 'stopped' : 'healthy');
      return statusOf(service, states.get(service) ?? 'stopped');
    },
    async *logs({ services, tail, follow }, signal) {
      const wanted = (record: LogRecord) => services.length === 0 || services.some((service) => service === record.service);
      const live = logs.subscribe(signal);
      yield* records.filter(wanted).slice(-tail);
      if (!follow) return;
      for await (const record of live) if (wanted(record)) yield record;
    },
    events: (signal) => events.subscribe(signal),
    log({ service, msg }) {
      const record: LogRecord = { time: new Date(0).toISOString(), level: 'info', service, msg };
      records.push(record);
      logs.push(record);
    },
    dropStreams() {
      events.end();
      logs.end();
    },
  };
}

function statusOf(name: ServiceName, state: ServiceState): ServiceStatus {
  const running = state === 'healthy' || state === 'unhealthy';
  return {
    name,
    state,
    specHash: 'fake',
    pid: running ? 1 : null,
    ports: {},
    startedAt: null,
    restarts: 0,
    cpuCores: running ? 0.5 : null,
    rssBytes: running ? 1024 : null,
    instances: running ? [instanceOf(name, state)] : [],
    detail: null,
  };
}

function instanceOf(name: ServiceName, state: ServiceState): ServiceInstance {
  return {
    name,
    state,
    node: null,
    pid: 1,
    startedAt: null,
    cpuCores: 0.5,
    cpuSeconds: 12,
    memoryBytes: 1024,
    cpuLimitCores: null,
    memoryLimitBytes: null,
  };
}
