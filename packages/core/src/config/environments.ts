import { DEFAULT_ENVIRONMENT } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import { mistakeAt, type ConfigDocument, type ConfigFile, type EnvironmentBlock } from './document.ts';
import { nearestName } from './nearest.ts';
import { entryOf, type ConfigNode } from './node.ts';
import type { Mistake } from './source.ts';

/** The environment meant when none is named: `default`, else the only one the file declares, else `default`. */
export function defaultEnvironment(root: ConfigNode | null): string {
  const declared = entryOf(root, 'environments')?.value;
  const names = declared?.kind === 'map' ? declared.entries.map((entry) => entry.key) : [];
  const [only] = names;
  return names.length === 1 && only !== undefined ? only : DEFAULT_ENVIRONMENT;
}

/** Every `extends` that names no environment or closes a circle. A circle is reported once, at its first member in file order. */
export function checkExtends(file: ConfigFile, document: ConfigDocument): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  const reported = new Set<string>();
  const names = [...document.environments.keys()];
  for (const block of document.environments.values()) {
    const parent = block.extends;
    if (parent === null) continue;
    const path = `environments.${block.name}.extends`;
    if (!document.environments.has(parent.name)) {
      const suggestion = nearestName(
        parent.name,
        names.filter((name) => name !== block.name),
      );
      mistakes.push(mistakeAt(file, parent.at, `unknown environment "${parent.name}"`, { path, suggestion }));
      continue;
    }
    const cycle = findCycle(document, block.name);
    if (cycle === null || reported.has(block.name)) continue;
    for (const name of cycle) reported.add(name);
    mistakes.push(
      mistakeAt(file, parent.at, `environments extend each other in a circle: ${[...cycle, block.name].join(' -> ')}`, { path }),
    );
  }
  return mistakes;
}

/** The members of the circle that `start` itself belongs to; null when it belongs to none. */
function findCycle(document: ConfigDocument, start: string): readonly string[] | null {
  const seen: string[] = [];
  let current: string | undefined = start;
  while (current !== undefined && !seen.includes(current)) {
    seen.push(current);
    current = document.environments.get(current)?.extends?.name;
  }
  return current === start ? seen : null;
}

/** The environment and all it extends, weakest first. Stops where a chain closes a circle. */
export function environmentChain(document: ConfigDocument, name: string): readonly EnvironmentBlock[] {
  const chain: EnvironmentBlock[] = [];
  let block = document.environments.get(name);
  while (block && !chain.includes(block)) {
    chain.unshift(block);
    block = block.extends === null ? undefined : document.environments.get(block.extends.name);
  }
  return chain;
}

/** @returns SJ_ENVIRONMENT_UNKNOWN with the nearest declared name. */
export function environmentUnknown(name: string, declared: readonly string[]): SupastorError {
  const near = nearestName(name, declared);
  return new SupastorError('SJ_ENVIRONMENT_UNKNOWN', `no environment is called "${name}"; the file declares ${declared.join(', ')}`, {
    hint: near === null ? `name one of them with --env` : `did you mean --env ${near}?`,
    meta: { environment: name, declared },
  });
}
