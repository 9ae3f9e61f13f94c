import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { SECRETS_FILE } from '@supastor/core/compose/compose-file';
import { filePaths } from '@supastor/core/compose/compose-service';
import { type ImportResult, importCompose } from '@supastor/core/compose/import-compose';
import { composeInvalid, readCompose } from '@supastor/core/compose/read-compose';
import { readSecrets } from '@supastor/core/compose/secret-names';
import type { ConfigFile } from '@supastor/core/config/document';
import { type DotenvEntry, parseDotenv } from '@supastor/core/config/dotenv';
import { mistake } from '@supastor/core/config/mistakes';
import { errorCodeOf, fileError } from '../config-files/file-error.ts';
import { parseYaml } from '../config-files/parse-yaml.ts';
import { engineNames } from './engine-names.ts';

export interface ReadImportOptions {
  /** The compose file. */
  readonly path: string;
  /** File with its variables; null: `.env` beside it, if there is one. */
  readonly envFile: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a compose file, its variables and the files it names, and says what they are as settings. Writes nothing.
 * @throws SJ_NOT_FOUND; SJ_INPUT_INVALID with line and field of every mistake
 */
export async function readImport({ path, envFile, env }: ReadImportOptions): Promise<ImportResult> {
  const text = await readText(path);
  if (text === null)
    throw new SupastorError('SJ_NOT_FOUND', `There is no file ${path}`, { hint: 'supastor compose import docker-compose.yml' });
  const directory = dirname(path);
  const resolvePath = (name: string) => (isAbsolute(name) ? name : resolve(directory, name));
  const variables = new Map((await readEnvFile(directory, envFile)).map(({ name, value }) => [name, value]));
  const lookUp = (name: string) => env[name] ?? variables.get(name);
  const { source, mistakes } = readCompose(parseQuietly(text, basename(path)), lookUp);
  if (source === null) throw composeInvalid(basename(path), mistakes);
  const named = filePaths(source);
  const read = async (name: string): Promise<readonly [string, string | null]> => [
    name,
    await readText(resolvePath(name)).catch(() => null),
  ];
  const envFiles = (await Promise.all(named.envFiles.map(read))).map(
    ([name, content]) => [name, parseDotenv(content ?? '').entries] as const,
  );
  return importCompose({
    source,
    lookUp,
    files: new Map(await Promise.all(named.contents.map(read))),
    envFiles: new Map(envFiles),
    secrets: readSecrets((await readText(join(directory, SECRETS_FILE))) ?? ''),
    resolvePath,
    namesOf: engineNames,
    directoryName: basename(directory),
    random: randomBytes,
    nowMs: Date.now(),
  });
}

/** What may stand beside a secret in a compose file. */
const SECRETISH = /PASS|SECRET|KEY|TOKEN|JWT|CREDENTIAL|URL/i;

/** Mistakes of the syntax, without the text that they are in: passwords may be written out in a compose file. */
function parseQuietly(text: string, name: string): ConfigFile {
  const file = parseYaml(text, name);
  const lines = text.split('\n');
  const mistakes = file.mistakes.map((found) => ({
    ...found,
    frame: null,
    reason: SECRETISH.test(lines[(found.line ?? 0) - 1] ?? '')
      ? 'YAML: this line cannot be parsed; put its value into quotes'
      : found.reason,
  }));
  return { ...file, mistakes };
}

async function readEnvFile(directory: string, named: string | null): Promise<readonly DotenvEntry[]> {
  const path = named ?? join(directory, '.env');
  const text = await readText(path);
  if (text === null) {
    if (named === null) return [];
    throw new SupastorError('SJ_NOT_FOUND', `There is no file ${path}`, { hint: 'name the file with the variables of the compose file' });
  }
  const { entries, problems } = parseDotenv(text);
  if (problems.length === 0) return entries;
  const found = problems.map(({ at, reason }) => mistake(reason, { file: basename(path), line: at.line, column: at.column }));
  throw composeInvalid(basename(path), found);
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    throw fileError(error, path, 'read');
  }
}
