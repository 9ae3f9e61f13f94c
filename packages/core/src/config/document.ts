import { CONFIG_FIELDS, CONFIG_FIELDS_BY_PATH } from '@supastor/contract/config/fields';
import { CONFIG_FILE_NAME, CONFIG_VERSION, DEFAULT_ENVIRONMENT, EXTENDS_KEY } from '@supastor/contract/config/schema';
import { codeFrame, mistake } from './mistakes.ts';
import { nearestName } from './nearest.ts';
import { entryOf, isNull, toPlain, type ConfigNode, type Position } from './node.ts';
import type { Mistake } from './source.ts';

/** `supastor.config.yaml` after parsing; `root` is null when its syntax is broken. */
export interface ConfigFile {
  /** Name shown to people, usually relative to the project. */
  readonly file: string;
  readonly text: string;
  readonly root: ConfigNode | null;
  readonly mistakes: readonly Mistake[];
}

/** A value a block sets, not yet interpolated or checked. */
export interface BlockValue {
  readonly path: string;
  readonly value: unknown;
  readonly at: Position;
}

export interface EnvironmentBlock {
  readonly name: string;
  readonly at: Position;
  readonly extends: { readonly name: string; readonly at: Position } | null;
  readonly values: readonly BlockValue[];
}

export interface ConfigDocument {
  readonly environments: ReadonlyMap<string, EnvironmentBlock>;
  readonly mistakes: readonly Mistake[];
}

/** Last segments of all secret paths; values of such keys never appear in a code frame. */
export const SECRET_KEYS: ReadonlySet<string> = new Set(
  CONFIG_FIELDS.filter((entry) => entry.secret === true).map((entry) => entry.path.split('.').at(-1) ?? ''),
);

const ENVIRONMENT_NAME = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const TOP_LEVEL_KEYS: readonly string[] = ['version', 'environments'];

/** A mistake at `at` of the file, with its code frame. */
export function mistakeAt(file: ConfigFile, at: Position, reason: string, known: Partial<Mistake> = {}): Mistake {
  return mistake(reason, {
    file: file.file,
    line: at.line,
    column: at.column,
    frame: codeFrame(file.text, at.line, at.column, SECRET_KEYS),
    ...known,
  });
}

/** Reads the outline of the file: version, environments, which fields each sets. Finds unknown keys in every environment. */
export function readDocument(file: ConfigFile): ConfigDocument {
  const { root } = file;
  if (root === null) return { environments: new Map(), mistakes: file.mistakes };
  const start = { line: 1, column: 1 };
  if (root.kind !== 'map') {
    return {
      environments: new Map(),
      mistakes: [...file.mistakes, mistakeAt(file, start, `expected "version" and "environments" in ${CONFIG_FILE_NAME}`)],
    };
  }
  const mistakes = [...file.mistakes, ...checkVersion(file, root)];
  for (const entry of root.entries) {
    if (TOP_LEVEL_KEYS.includes(entry.key)) continue;
    mistakes.push(
      mistakeAt(file, entry.at, `unknown key "${entry.key}"`, {
        suggestion: nearestName(entry.key, TOP_LEVEL_KEYS) ?? nestedHome(entry.key),
      }),
    );
  }
  const environments = new Map<string, EnvironmentBlock>();
  const declared = entryOf(root, 'environments');
  if (!declared) mistakes.push(mistakeAt(file, start, '"environments" is missing; declare at least the environment "default"'));
  else if (declared.value.kind !== 'map' || declared.value.entries.length === 0) {
    mistakes.push(mistakeAt(file, declared.at, 'expected a map of environments, such as "default: {}"', { path: 'environments' }));
  } else {
    for (const entry of declared.value.entries) {
      environments.set(entry.key, readBlock(file, entry.key, entry.at, entry.value, mistakes));
    }
  }
  return { environments, mistakes };
}

function nestedHome(key: string): string | null {
  return CONFIG_FIELDS.some((entry) => entry.path.startsWith(`${key}.`)) ? `environments.${DEFAULT_ENVIRONMENT}.${key}` : null;
}

function checkVersion(file: ConfigFile, root: ConfigNode): readonly Mistake[] {
  const version = entryOf(root, 'version');
  if (!version) return [mistakeAt(file, { line: 1, column: 1 }, `"version" is missing; write version: "${CONFIG_VERSION}"`)];
  const value = toPlain(version.value);
  if (value === CONFIG_VERSION || value === Number(CONFIG_VERSION)) return [];
  return [
    mistakeAt(file, version.value.at, `this version of the file is not known; write version: "${CONFIG_VERSION}"`, { path: 'version' }),
  ];
}

function readBlock(file: ConfigFile, name: string, at: Position, node: ConfigNode, mistakes: Mistake[]): EnvironmentBlock {
  const path = `environments.${name}`;
  if (!ENVIRONMENT_NAME.test(name)) {
    mistakes.push(mistakeAt(file, at, 'an environment is named with 1-40 lower-case letters, digits, "-" and "_"', { path }));
  }
  if (node.kind !== 'map') {
    if (!isNull(node)) mistakes.push(mistakeAt(file, node.at, 'expected a map of settings', { path }));
    return { name, at, extends: null, values: [] };
  }
  const values: BlockValue[] = [];
  collect(file, path, '', node, values, mistakes);
  return { name, at, extends: readExtends(file, path, node, mistakes), values };
}

function readExtends(file: ConfigFile, path: string, node: ConfigNode, mistakes: Mistake[]): EnvironmentBlock['extends'] {
  const entry = entryOf(node, EXTENDS_KEY);
  if (!entry || isNull(entry.value)) return null;
  if (entry.value.kind === 'scalar' && typeof entry.value.value === 'string') return { name: entry.value.value, at: entry.value.at };
  mistakes.push(mistakeAt(file, entry.value.at, 'expected the name of one environment', { path: `${path}.${EXTENDS_KEY}` }));
  return null;
}

function collect(file: ConfigFile, block: string, prefix: string, node: ConfigNode, values: BlockValue[], mistakes: Mistake[]): void {
  if (node.kind !== 'map') {
    if (!isNull(node)) mistakes.push(mistakeAt(file, node.at, 'expected a map of settings', { path: `${block}.${prefix}` }));
    return;
  }
  for (const entry of node.entries) {
    if (prefix === '' && entry.key === EXTENDS_KEY) continue;
    const path = prefix === '' ? entry.key : `${prefix}.${entry.key}`;
    if (CONFIG_FIELDS_BY_PATH.has(path)) {
      if (!isNull(entry.value)) values.push({ path, value: toPlain(entry.value), at: entry.value.at });
    } else if (isGroup(path)) collect(file, block, path, entry.value, values, mistakes);
    else
      mistakes.push(
        mistakeAt(file, entry.at, `unknown key "${entry.key}"`, { path: `${block}.${path}`, suggestion: suggestKey(prefix, entry.key) }),
      );
  }
}

function isGroup(path: string): boolean {
  return CONFIG_FIELDS.some((entry) => entry.path.startsWith(`${path}.`));
}

/** The nearest sibling; else the one path in the whole tree that ends with this key. */
function suggestKey(prefix: string, key: string): string | null {
  const depth = prefix === '' ? 0 : prefix.split('.').length;
  const siblings = CONFIG_FIELDS.filter((entry) => prefix === '' || entry.path.startsWith(`${prefix}.`)).map(
    (entry) => entry.path.split('.')[depth] ?? '',
  );
  const near = nearestName(key, [...new Set(prefix === '' ? [...siblings, EXTENDS_KEY] : siblings)]);
  if (near !== null) return near;
  const elsewhere = CONFIG_FIELDS.filter((entry) => entry.path.split('.').at(-1)?.toLowerCase() === key.toLowerCase());
  return elsewhere.length === 1 ? (elsewhere[0]?.path ?? null) : null;
}
