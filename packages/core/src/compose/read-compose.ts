import { SupastorError } from '@supastor/contract/errors';
import { type ConfigFile, mistakeAt } from '../config/document.ts';
import { formatMistake, sortMistakes } from '../config/mistakes.ts';
import { type ConfigEntry, type ConfigNode, entryOf } from '../config/node.ts';
import type { Mistake } from '../config/source.ts';
import { type ComposeLookUp, interpolateCompose } from './interpolate-compose.ts';

/** A compose file, its variables filled in. */
export interface ComposeSource {
  readonly file: string;
  readonly root: ConfigNode;
  readonly services: readonly ConfigEntry[];
  /** Variables without a value that a scalar of the tree mentions. */
  unsetIn(node: ConfigNode): readonly string[];
}

export type ReadCompose =
  | { readonly source: ComposeSource; readonly mistakes: readonly [] }
  | { readonly source: null; readonly mistakes: readonly Mistake[] };

/** Reads the outline of a compose file: merge keys, variables, services. Mistakes name line and field, and show no value. */
export function readCompose(file: ConfigFile, lookUp: ComposeLookUp): ReadCompose {
  if (file.root === null) return { source: null, mistakes: file.mistakes };
  const filler = new VariableFiller(file, lookUp);
  const root = filler.fill(file.root, '');
  const services = entryOf(root, 'services');
  const mistakes = [...filler.mistakes];
  const report = (at: ConfigEntry['at'], path: string | null, reason: string) =>
    mistakes.push(mistakeAt(file, at, reason, { ...(path !== null && { path }), frame: null }));
  const start = { line: 1, column: 1 };
  if (root.kind !== 'map') report(start, null, 'expected a compose file, with "services" at its top');
  else if (services === undefined) report(start, null, '"services" is missing; is it a compose file?');
  else if (services.value.kind !== 'map') report(services.value.at, 'services', 'expected a map of services');
  const entries = services?.value.kind === 'map' ? services.value.entries : [];
  for (const entry of entries)
    if (entry.value.kind !== 'map') report(entry.value.at, `services.${entry.key}`, 'expected a map of settings');
  if (mistakes.length > 0) return { source: null, mistakes };
  return { source: { file: file.file, root, services: entries, unsetIn: (node) => filler.unset.get(node) ?? [] }, mistakes: [] };
}

/** One pass over a tree. */
class VariableFiller {
  readonly unset = new Map<ConfigNode, readonly string[]>();
  readonly mistakes: Mistake[] = [];
  readonly #file: ConfigFile;
  readonly #lookUp: ComposeLookUp;

  constructor(file: ConfigFile, lookUp: ComposeLookUp) {
    this.#file = file;
    this.#lookUp = lookUp;
  }

  fill(node: ConfigNode, path: string): ConfigNode {
    if (node.kind === 'list') return { ...node, items: node.items.map((item, index) => this.fill(item, `${path}[${index}]`)) };
    if (node.kind === 'map') {
      const entries = mergedEntries(node).map((entry) => ({
        ...entry,
        value: this.fill(entry.value, path === '' ? entry.key : `${path}.${entry.key}`),
      }));
      return { ...node, entries };
    }
    if (typeof node.value !== 'string' || !node.value.includes('$')) return node;
    const { text, unset, problems } = interpolateCompose(node.value, this.#lookUp);
    for (const problem of problems) this.mistakes.push(mistakeAt(this.#file, node.at, problem, { path, frame: null }));
    const filled: ConfigNode = { ...node, value: text };
    if (unset.length > 0) this.unset.set(filled, unset);
    return filled;
  }
}

const MERGE_KEY = '<<';

/** The entries of a map, those that a merge key brings in behind its own. */
function mergedEntries(node: Extract<ConfigNode, { readonly kind: 'map' }>): readonly ConfigEntry[] {
  const own = node.entries.filter(({ key }) => key !== MERGE_KEY);
  const merged = node.entries
    .filter(({ key }) => key === MERGE_KEY)
    .flatMap(({ value }) => (value.kind === 'list' ? value.items : [value]))
    .flatMap((source) => (source.kind === 'map' ? mergedEntries(source) : []));
  const seen = new Set<string>();
  return [...own, ...merged].filter(({ key }) => !seen.has(key) && seen.add(key));
}

/** All mistakes of a compose file as one error. */
export function composeInvalid(file: string, mistakes: readonly Mistake[]): SupastorError {
  const sorted = sortMistakes(mistakes);
  const count = sorted.length === 1 ? '1 mistake' : `${sorted.length} mistakes`;
  return new SupastorError('SJ_INPUT_INVALID', `${count} in ${file}; nothing was written:\n${sorted.map(formatMistake).join('\n')}`, {
    hint: 'correct the file, or give its variables with --env-file',
    meta: { mistakes: sorted.map(({ frame: _frame, ...rest }) => rest) },
  });
}
