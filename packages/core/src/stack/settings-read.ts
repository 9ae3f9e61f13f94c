import type { Config } from '@supastor/contract/config/schema';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import { serviceBuilders } from './desired.ts';
import { linkedListeners } from './references.ts';
import type { ServiceSpec } from './service-spec.ts';

/** Settings that others see as well, who are told where a service listens. */
const ADDRESS = /(?:port|host)$/i;

/**
 * Which services look at which settings, by dotted path: those that a change of it may start anew. Found by building each from a
 * configuration that notes what is read of it, so that it cannot differ from what the builders do.
 */
export function settingsReadBy(config: Config, environment: string): ReadonlyMap<string, readonly ServiceName[]> {
  const built = serviceBuilders.map((build) => {
    const read = new Set<string>();
    const note = (path: string) => void read.add(path);
    return { read, specs: build(noting(config, '', note), environment) };
  });
  const all = built.flatMap(({ specs }) => specs);
  const readers = new Map<string, Set<ServiceName>>();
  for (const { read, specs } of built) {
    for (const path of read) {
      const names = readers.get(path) ?? new Set();
      for (const { name } of specs) for (const found of ADDRESS.test(path) ? [name, ...linkedTo(name, all)] : [name]) names.add(found);
      readers.set(path, names);
    }
  }
  return new Map([...readers].map(([path, names]) => [path, all.map(({ name }) => name).filter((name) => names.has(name))]));
}

/** Services that are told where another one listens. */
function linkedTo(service: ServiceName, all: readonly ServiceSpec[]): readonly ServiceName[] {
  return all.filter((spec) => linkedListeners(spec).some((listener) => listener.startsWith(`${service}.`))).map(({ name }) => name);
}

/** A copy that notes the paths of the values that are taken out of it. */
function noting<T extends object>(tree: T, prefix: string, note: (path: string) => void): T {
  const descriptors = Object.fromEntries(
    Object.entries(tree).map(([key, value]): [string, PropertyDescriptor] => {
      const path = `${prefix}${key}`;
      if (isGroup(value)) return [key, { enumerable: true, value: noting(value, `${path}.`, note) }];
      return [
        key,
        {
          enumerable: true,
          get() {
            note(path);
            return value;
          },
        },
      ];
    }),
  );
  return Object.defineProperties({ ...tree }, descriptors);
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
