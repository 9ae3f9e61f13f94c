import { CONFIG_FIELDS } from '@supastor/contract/config/fields';
import { SECRET_FILE_SUFFIX } from './candidates.ts';
import type { DotenvEntry } from './dotenv.ts';
import { mistake } from './mistakes.ts';
import { editDistance } from './nearest.ts';
import type { Mistake } from './source.ts';

const PREFIX = 'SUPASTOR_';
const MAX_EDITS = 2;
/** Variables with our prefix that are read elsewhere than in the configuration. */
const OTHER_NAMES: ReadonlySet<string> = new Set([
  'SUPASTOR_ENV',
  'SUPASTOR_SOURCE',
  'SUPASTOR_PROJECT',
  'SUPASTOR_ENVIRONMENT',
  'SUPASTOR_STORAGE_URL',
  'SUPASTOR_STORAGE_PUBLIC_URL',
  'SUPASTOR_META_URL',
  'SUPASTOR_CONTROL_SOCKET',
  'SUPASTOR_DASHBOARD_DIR',
]);

/** Variables that look like misspelt configuration names, as warnings. */
export function suspiciousNames(
  dotenv: readonly { readonly file: string; readonly entries: readonly DotenvEntry[] }[],
  env: Readonly<Record<string, string | undefined>>,
): readonly Mistake[] {
  const inFiles = dotenv.flatMap(({ file, entries }) =>
    entries.flatMap(({ name, at }) => warn(name, { file, line: at.line, column: at.column })),
  );
  return [...inFiles, ...Object.keys(env).flatMap((name) => warn(name, {}))];
}

const VALID_NAMES: readonly string[] = CONFIG_FIELDS.flatMap(({ env, secret }) =>
  (env ?? []).flatMap((name) => (secret === true ? [name, `${name}${SECRET_FILE_SUFFIX}`] : [name])),
);

function warn(name: string, place: Partial<Mistake>): readonly Mistake[] {
  if (!name.startsWith(PREFIX) || OTHER_NAMES.has(name) || VALID_NAMES.includes(name)) return [];
  const suggestion = VALID_NAMES.find((valid) => editDistance(name, valid) <= MAX_EDITS);
  return suggestion === undefined ? [] : [mistake(`variable ${name} sets nothing`, { ...place, suggestion })];
}
