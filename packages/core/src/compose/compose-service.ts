import { type ConfigEntry, type ConfigNode, entryOf, type Position } from '../config/node.ts';
import { SECRET_FILE_SUFFIX } from '../config/candidates.ts';
import type { ComposeLookUp } from './interpolate-compose.ts';
import type { ComposeSource } from './read-compose.ts';

/** A variable that a service is given. */
export interface ServiceVariable {
  readonly name: string;
  readonly value: string;
  /** Within the service, `environment.NAME`. */
  readonly field: string;
  readonly at: Position;
  /** Variables of the host without a value that it is made of. */
  readonly unset: readonly string[];
}

/** What is in the files that a compose file names, by the path as written; null when one cannot be read. */
export type ComposeFiles = ReadonlyMap<string, string | null>;

export interface VariableSources {
  readonly source: ComposeSource;
  readonly files: ComposeFiles;
  /** Environment files of services, parsed. */
  readonly envFiles: ReadonlyMap<string, readonly { readonly name: string; readonly value: string }[]>;
  readonly lookUp: ComposeLookUp;
}

/** A scalar as text; undefined when there is none. */
export function textOf(node: ConfigNode | undefined): string | undefined {
  return node?.kind !== 'scalar' || node.value === null ? undefined : String(node.value);
}

/** Paths of environment files of a service, as written. */
export function envFilePaths(service: ConfigNode): readonly ConfigNode[] {
  const node = entryOf(service, 'env_file')?.value;
  if (node === undefined) return [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.map((item) => (item.kind === 'map' ? (entryOf(item, 'path')?.value ?? item) : item));
}

/** Every variable of a service: of its environment files, then its environment, with secrets that are given as files read. */
export function variablesOf(service: ConfigNode, sources: VariableSources): readonly ServiceVariable[] {
  const found = new Map<string, ServiceVariable>();
  for (const path of envFilePaths(service)) {
    for (const { name, value } of sources.envFiles.get(textOf(path) ?? '') ?? [])
      found.set(name, { name, value, field: 'env_file', at: path.at, unset: [] });
  }
  for (const variable of environmentOf(service, sources)) found.set(variable.name, variable);
  const secrets = secretsByTarget(service, sources);
  return [...found.values()].map((variable) => {
    const content = variable.name.endsWith(SECRET_FILE_SUFFIX) ? secrets.get(variable.value) : undefined;
    return content === undefined ? variable : { ...variable, name: variable.name.slice(0, -SECRET_FILE_SUFFIX.length), value: content };
  });
}

function environmentOf(service: ConfigNode, { source, lookUp }: VariableSources): readonly ServiceVariable[] {
  const node = entryOf(service, 'environment')?.value;
  if (node?.kind === 'map') return node.entries.map((entry) => fromEntry(entry, source, lookUp));
  if (node?.kind !== 'list') return [];
  return node.items.map((item) => {
    const text = textOf(item) ?? '';
    const split = text.indexOf('=');
    const name = split === -1 ? text : text.slice(0, split);
    const value = split === -1 ? lookUp(name) : text.slice(split + 1);
    const unset = value === undefined ? [name] : source.unsetIn(item);
    return { name, value: value ?? '', field: `environment.${name}`, at: item.at, unset };
  });
}

function fromEntry({ key, at, value: node }: ConfigEntry, source: ComposeSource, lookUp: ComposeLookUp): ServiceVariable {
  // Without a value it is the one that the shell has.
  const value = textOf(node) ?? lookUp(key);
  return { name: key, value: value ?? '', field: `environment.${key}`, at, unset: value === undefined ? [key] : source.unsetIn(node) };
}

/** Where secrets of a service are in its container, and what is in them. */
function secretsByTarget(service: ConfigNode, { source, files, lookUp }: VariableSources): ReadonlyMap<string, string> {
  const node = entryOf(service, 'secrets')?.value;
  const declared = entryOf(source.root, 'secrets')?.value;
  const found = new Map<string, string>();
  for (const item of node?.kind === 'list' ? node.items : []) {
    const name = textOf(item) ?? textOf(entryOf(item, 'source')?.value) ?? '';
    const target = textOf(entryOf(item, 'target')?.value) ?? name;
    const secret = entryOf(declared, name)?.value;
    const variable = textOf(entryOf(secret, 'environment')?.value);
    const content = variable === undefined ? files.get(textOf(entryOf(secret, 'file')?.value) ?? '') : lookUp(variable);
    if (content !== undefined && content !== null)
      found.set(target.startsWith('/') ? target : `/run/secrets/${target}`, content.replace(/\r?\n$/, ''));
  }
  return found;
}

export interface ServiceVolume {
  readonly source: string;
  readonly target: string;
  readonly isBind: boolean;
}

/** The volumes of a service. `source` is empty for an anonymous one. */
export function volumesOf(service: ConfigNode): readonly ServiceVolume[] {
  const node = entryOf(service, 'volumes')?.value;
  return (node?.kind === 'list' ? node.items : []).map((item) => {
    if (item.kind === 'map') {
      const source = textOf(entryOf(item, 'source')?.value) ?? '';
      return { source, target: textOf(entryOf(item, 'target')?.value) ?? '', isBind: textOf(entryOf(item, 'type')?.value) === 'bind' };
    }
    const [first = '', second] = (textOf(item) ?? '').split(':');
    return second === undefined
      ? { source: '', target: first, isBind: false }
      : { source: first, target: second, isBind: /^[./~]/.test(first) };
  });
}

/** Paths of all files that a compose file refers to, as written. */
export function filePaths({ root, services }: ComposeSource): {
  readonly contents: readonly string[];
  readonly envFiles: readonly string[];
} {
  const secrets = entryOf(root, 'secrets')?.value;
  const contents = (secrets?.kind === 'map' ? secrets.entries : []).flatMap(({ value }) => textOf(entryOf(value, 'file')?.value) ?? []);
  const envFiles = services.flatMap(({ value }) => envFilePaths(value).flatMap((node) => textOf(node) ?? []));
  return { contents: [...new Set(contents)], envFiles: [...new Set(envFiles)] };
}

/** Compose has binary units (`1g`), the configuration decimal ones. */
export function bytesOf(size: string | undefined): number | string | undefined {
  const match = /^(\d+(?:\.\d+)?)([bkmg]?)b?$/i.exec(size ?? '');
  if (!match) return size;
  return Math.round(Number(match[1]) * 1024 ** 'bkmg'.indexOf((match[2] ?? '').toLowerCase() || 'b'));
}
