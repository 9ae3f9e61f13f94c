import { CONFIG_FIELDS, CONFIG_FIELDS_BY_PATH } from '@supastor/contract/config/fields';
import { configSchema, type Config } from '@supastor/contract/config/schema';
import { Secret } from '@supastor/contract/secret';
import {
  blockCandidates,
  defaultCandidates,
  dotenvCandidates,
  envCandidates,
  flagCandidates,
  type Candidate,
  type ReadSecretFile,
} from './candidates.ts';
import { crossCheck } from './cross-check.ts';
import { readDocument, SECRET_KEYS, type ConfigDocument, type ConfigFile } from './document.ts';
import type { ParsedDotenv } from './dotenv.ts';
import { checkExtends, environmentChain, environmentUnknown } from './environments.ts';
import { deepFreeze } from './freeze.ts';
import { hasVariables, type LookUp } from './interpolate.ts';
import { codeFrame, configInvalid, mistake } from './mistakes.ts';
import { nearestName } from './nearest.ts';
import { buildProvenance } from './provenance.ts';
import type { ConfigSource, FlagValue, Mistake, ResolvedConfig } from './source.ts';
import { readPath, writePath } from './paths.ts';
import { suspiciousNames } from './suspicious-names.ts';

export interface DotenvFile extends ParsedDotenv {
  readonly file: string;
}

export interface ResolveInput {
  readonly file: ConfigFile;
  /** Weakest first: `.env`, then `.env.<environment>`. */
  readonly dotenv: readonly DotenvFile[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: readonly FlagValue[];
  readonly environment: string;
  readonly readSecretFile: ReadSecretFile;
}

/**
 * Turns every source into one frozen configuration that remembers where each value came from.
 * Strength, lowest first: defaults, environment files, YAML (parents before children), environment variables, flags.
 * @throws SJ_CONFIG_INVALID with every mistake of every source; SJ_ENVIRONMENT_UNKNOWN when the file is sound but lacks the environment.
 */
export function resolveConfig(input: ResolveInput): ResolvedConfig {
  const document = readDocument(input.file);
  const flagged = flagCandidates(input.flags);
  const structural = [...document.mistakes, ...checkExtends(input.file, document), ...dotenvMistakes(input.dotenv), ...flagged.mistakes];
  const lookUp = variableLookUp(input);
  const chain = environmentChain(document, input.environment).flatMap((block) => blockCandidates(block, input.file.file, lookUp));
  const ranked = [
    ...defaultCandidates(),
    ...input.dotenv.flatMap((layer) => dotenvCandidates(layer, input.readSecretFile)),
    ...chain,
    ...envCandidates(input.env, input.readSecretFile),
    ...flagged.candidates,
  ];
  const byPath = Map.groupBy(ranked, (candidate) => candidate.path);
  const winners = new Map([...byPath].flatMap(([path, candidates]) => candidates.slice(-1).map((winner) => [path, winner] as const)));
  const checked = checkWinners(winners, input.file);
  const mistakes = unique([...structural, ...checked.mistakes, ...literalMistakes(document, input.file)]);
  if (mistakes.length > 0 || checked.config === null) throw configInvalid(mistakes);
  const environments = [...document.environments.keys()];
  if (!document.environments.has(input.environment)) throw environmentUnknown(input.environment, environments);
  const config = deepFreeze(checked.config);
  return {
    environment: input.environment,
    config,
    provenance: buildProvenance(config, byPath),
    warnings: suspiciousNames(input.dotenv, input.env),
    environments,
  };
}

/** Variables for `${NAME}`: the process environment, then environment files, strongest first. */
function variableLookUp({ env, dotenv }: ResolveInput): LookUp {
  const layers = dotenv.toReversed().map((layer) => new Map(layer.entries.map((entry) => [entry.name, entry.value])));
  return (name) => [env[name], ...layers.map((layer) => layer.get(name))].find((value) => value !== undefined && value !== '');
}

function dotenvMistakes(files: readonly DotenvFile[]): readonly Mistake[] {
  return files.flatMap(({ file, problems }) =>
    problems.map(({ at, reason }) => mistake(reason, { file, line: at.line, column: at.column })),
  );
}

type Issue = NonNullable<ReturnType<typeof configSchema.safeParse>['error']>['issues'][number];

interface Checked {
  readonly config: Config | null;
  readonly mistakes: readonly Mistake[];
}

function checkWinners(winners: ReadonlyMap<string, Candidate>, file: ConfigFile): Checked {
  const tree: Record<string, unknown> = {};
  const mistakes: Mistake[] = [];
  for (const [path, winner] of winners) {
    for (const reason of winner.problems) mistakes.push(mistakeOf(winner.source, path, reason, file));
    if (winner.problems.length === 0 && winner.value !== undefined) writePath(tree, path, winner.value);
  }
  const parsed = configSchema.safeParse(tree);
  if (!parsed.success) {
    mistakes.push(...parsed.error.issues.map((issue) => issueMistake(issue, winners, file)));
    return { config: null, mistakes };
  }
  const crossed = crossCheck(parsed.data).map(({ path, reason }) => mistakeOf(winners.get(path)?.source, path, reason, file));
  return { config: parsed.data, mistakes: mistakes.length > 0 ? mistakes : crossed };
}

function issueMistake(issue: Issue, winners: ReadonlyMap<string, Candidate>, file: ConfigFile): Mistake {
  const path = fieldOf(issue.path.map(String), winners);
  const winner = winners.get(path);
  return mistakeOf(winner?.source, path, reasonOf(issue), file, suggestOption(issue, winner?.value));
}

/** The field an issue belongs to: its own path, less any list index below the field. */
function fieldOf(path: readonly string[], winners: ReadonlyMap<string, Candidate>): string {
  const dotted = path.join('.');
  return winners.has(dotted) || path.length <= 1 ? dotted : fieldOf(path.slice(0, -1), winners);
}

function reasonOf(issue: Issue): string {
  return issue.code === 'invalid_value' ? `expected one of ${issue.values.map(String).join(', ')}` : issue.message;
}

function suggestOption(issue: Issue, value: unknown): string | null {
  return issue.code === 'invalid_value' && typeof value === 'string' ? nearestName(value, issue.values.map(String)) : null;
}

function mistakeOf(
  source: ConfigSource | undefined,
  path: string,
  reason: string,
  file: ConfigFile,
  suggestion: string | null = null,
): Mistake {
  if (!source || source.kind === 'default') return mistake(reason, { path, suggestion });
  const { kind, line, column } = source;
  const place = { file: source.file, line, column, path, suggestion };
  if (kind === 'yaml' && line !== null && column !== null)
    return mistake(reason, { ...place, frame: codeFrame(file.text, line, column, SECRET_KEYS) });
  return mistake(`${reason} (from ${kind === 'flag' ? 'flag' : 'variable'} ${source.name ?? ''})`, place);
}

/** Wrong values written out in any environment, whether or not this run uses them. */
function literalMistakes(document: ConfigDocument, file: ConfigFile): readonly Mistake[] {
  return [...document.environments.values()].flatMap((block) =>
    block.values.flatMap(({ path, value, at }) => {
      if (hasVariables(JSON.stringify(value))) return [];
      const parsed = CONFIG_FIELDS_BY_PATH.get(path)?.schema.safeParse(value);
      if (!parsed || parsed.success) return [];
      const source: ConfigSource = { kind: 'yaml', name: block.name, file: file.file, line: at.line, column: at.column };
      return parsed.error.issues.slice(0, 1).map((issue) => mistakeOf(source, path, reasonOf(issue), file, suggestOption(issue, value)));
    }),
  );
}

function unique(mistakes: readonly Mistake[]): readonly Mistake[] {
  return [
    ...new Map(mistakes.map((found) => [JSON.stringify([found.file, found.line, found.column, found.path, found.reason]), found])).values(),
  ];
}

/** Dotted paths whose values differ between two configurations, in the order of the schema. */
export function changedPaths(before: Config, after: Config): readonly string[] {
  return CONFIG_FIELDS.filter(({ path }) => comparable(readPath(before, path)) !== comparable(readPath(after, path))).map(
    ({ path }) => path,
  );
}

function comparable(value: unknown): string {
  return JSON.stringify(value instanceof Secret ? value.reveal() : value) ?? '';
}
