import { SupastorError } from '@supastor/contract/errors';
import type { Listener, PlacedSpec, ServiceSpec } from './service-spec.ts';

const REFERENCE = /\{\{(host|port|dir|socket|params):([a-z0-9.-]+)\}\}/g;

/** A reference as it stands in an environment value: `{{kind:target}}`. */
export interface Reference {
  readonly kind: 'host' | 'port' | 'dir' | 'socket' | 'params';
  readonly target: string;
}

/** Listeners, as `service.port`, that a spec's environment refers to. */
export function linkedListeners(spec: ServiceSpec): readonly string[] {
  const found = Object.values(spec.environment).flatMap((value) =>
    [...value.matchAll(REFERENCE)].filter(([, kind]) => kind === 'host' || kind === 'port').map(([, , target]) => target ?? ''),
  );
  return [...new Set(found)].toSorted();
}

/** Fixes a spec's ports: its own, and those of the listeners it refers to. `listeners` is keyed by `service.port`. */
export function placeSpec(spec: ServiceSpec, listeners: Readonly<Record<string, Listener>>): PlacedSpec {
  const find = (key: string): Listener => {
    const listener = listeners[key];
    if (!listener) throw new SupastorError('SJ_INTERNAL', `${spec.name} refers to ${key}, which is not part of the stack`);
    return listener;
  };
  const ports = Object.fromEntries(Object.keys(spec.ports).map((name) => [name, find(`${spec.name}.${name}`)]));
  const links = Object.fromEntries(linkedListeners(spec).map((key) => [key, find(key)]));
  return { ...spec, ports, links };
}

/** The environment with host and port references filled in, and every other reference by `resolve`. */
export function resolveEnvironment(spec: PlacedSpec, resolve: (reference: Reference) => string): Record<string, string> {
  const fill = (value: string) =>
    value.replace(REFERENCE, (_, kind: Reference['kind'], target: string) => {
      if (kind !== 'host' && kind !== 'port') return resolve({ kind, target });
      const listener = spec.links[target];
      if (!listener) throw new SupastorError('SJ_INTERNAL', `${spec.name} refers to ${target}, which was not placed`);
      return kind === 'port' ? String(listener.port) : connectHost(listener.host);
    });
  return Object.fromEntries(Object.entries(spec.environment).map(([name, value]) => [name, fill(value)]));
}

/** The address to connect to for a listener's address, ready for a URL: a wildcard is reached over loopback, IPv6 is bracketed. */
export function connectHost(host: string): string {
  if (host === '0.0.0.0' || host === '*') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
