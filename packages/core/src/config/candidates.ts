import { CONFIG_FIELDS, CONFIG_FIELDS_BY_PATH, type ConfigField } from '@supastor/contract/config/fields';
import type { EnvironmentBlock } from './document.ts';
import type { DotenvEntry } from './dotenv.ts';
import { interpolate, type LookUp } from './interpolate.ts';
import { mistake } from './mistakes.ts';
import { nearestName } from './nearest.ts';
import type { ConfigSource, FlagValue, Mistake } from './source.ts';

/** A value some source offers for a field. `problems` make it unusable when it wins. */
export interface Candidate {
  readonly path: string;
  readonly value: unknown;
  readonly source: ConfigSource;
  readonly problems: readonly string[];
}

/** Contents of a file named by `<NAME>_FILE`. */
export type SecretFile = { readonly content: string } | { readonly error: string };

/** Looks up the contents of a secret file by the path as written. */
export type ReadSecretFile = (path: string) => SecretFile | undefined;

export interface DotenvLayer {
  readonly file: string;
  readonly entries: readonly DotenvEntry[];
}

type Env = Readonly<Record<string, string | undefined>>;

export const SECRET_FILE_SUFFIX = '_FILE';

export function defaultCandidates(): readonly Candidate[] {
  const source: ConfigSource = { kind: 'default', name: null, file: null, line: null, column: null };
  return CONFIG_FIELDS.map((entry) => ({ path: entry.path, value: entry.defaultValue, source, problems: [] }));
}

/** What one environment file offers; in a field's list of names a stronger name comes later. */
export function dotenvCandidates(layer: DotenvLayer, readSecretFile: ReadSecretFile): readonly Candidate[] {
  const byName = new Map(layer.entries.map((entry) => [entry.name, entry]));
  return variableCandidates(
    (name) => byName.get(name)?.value,
    (name) => {
      const at = byName.get(name)?.at;
      return { kind: 'dotenv', name, file: layer.file, line: at?.line ?? null, column: at?.column ?? null };
    },
    readSecretFile,
  );
}

/** What the process environment offers. */
export function envCandidates(env: Env, readSecretFile: ReadSecretFile): readonly Candidate[] {
  return variableCandidates(
    (name) => env[name],
    (name) => ({ kind: 'env', name, file: null, line: null, column: null }),
    readSecretFile,
  );
}

/** What an environment block of the YAML file offers, variables filled in. */
export function blockCandidates(block: EnvironmentBlock, file: string, lookUp: LookUp): readonly Candidate[] {
  return block.values.map(({ path, value, at }) => {
    const problems: string[] = [];
    const filled = fill(value, lookUp, problems);
    return { path, value: filled, source: { kind: 'yaml', name: block.name, file, line: at.line, column: at.column }, problems };
  });
}

/** What flags set, and which of them name no field. */
export function flagCandidates(flags: readonly FlagValue[]): {
  readonly candidates: readonly Candidate[];
  readonly mistakes: readonly Mistake[];
} {
  const known = flags.filter((flag) => CONFIG_FIELDS_BY_PATH.has(flag.path));
  const mistakes = flags
    .filter((flag) => !CONFIG_FIELDS_BY_PATH.has(flag.path))
    .map((flag) =>
      mistake(`${flag.flag}: unknown setting "${flag.path}"`, { suggestion: nearestName(flag.path, [...CONFIG_FIELDS_BY_PATH.keys()]) }),
    );
  const candidates = known.map((flag): Candidate => ({
    path: flag.path,
    value: flag.value,
    source: { kind: 'flag', name: flag.flag, file: null, line: null, column: null },
    problems: [],
  }));
  return { candidates, mistakes };
}

function variableCandidates(get: LookUp, sourceOf: (name: string) => ConfigSource, readSecretFile: ReadSecretFile): readonly Candidate[] {
  return CONFIG_FIELDS.flatMap((entry) =>
    (entry.env ?? []).toReversed().flatMap((name) => fromVariable(entry, name, get, sourceOf, readSecretFile)),
  );
}

function fromVariable(
  entry: ConfigField,
  name: string,
  get: LookUp,
  sourceOf: (name: string) => ConfigSource,
  readSecretFile: ReadSecretFile,
): readonly Candidate[] {
  const found: Candidate[] = [];
  const fileName = `${name}${SECRET_FILE_SUFFIX}`;
  const file = entry.secret === true ? get(fileName) : undefined;
  if (file !== undefined && file !== '') found.push(fromSecretFile(entry.path, file, sourceOf(fileName), readSecretFile(file)));
  const value = get(name);
  if (value !== undefined && value !== '') found.push({ path: entry.path, value, source: sourceOf(name), problems: [] });
  return found;
}

function fromSecretFile(path: string, file: string, source: ConfigSource, read: SecretFile | undefined): Candidate {
  if (read && 'content' in read) return { path, value: read.content.replace(/\r?\n$/, ''), source, problems: [] };
  return { path, value: undefined, source, problems: [`cannot read ${file}: ${read?.error ?? 'it was not looked for'}`] };
}

function fill(value: unknown, lookUp: LookUp, problems: string[]): unknown {
  if (typeof value === 'string') {
    const outcome = interpolate(value, lookUp);
    problems.push(...outcome.problems.map((problem) => problem.reason));
    return outcome.text;
  }
  if (Array.isArray(value)) return value.map((item) => fill(item, lookUp, problems));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fill(part, lookUp, problems)]));
}
