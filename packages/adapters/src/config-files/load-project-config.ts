import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { CONFIG_FIELDS } from '@supastor/contract/config/fields';
import { CONFIG_FILE_NAME } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import { SECRET_FILE_SUFFIX, type SecretFile } from '@supastor/core/config/candidates';
import { parseDotenv } from '@supastor/core/config/dotenv';
import { defaultEnvironment } from '@supastor/core/config/environments';
import { resolveConfig, type DotenvFile } from '@supastor/core/config/load';
import type { FlagValue, LoadedConfig } from '@supastor/core/config/source';
import { readCertificates } from './read-certificates.ts';
import { errorCodeOf, fileError } from './file-error.ts';
import { parseYaml } from './parse-yaml.ts';

export const ENV_FILE_NAME = '.env';
const VARIABLE = /\$\{([A-Za-z_]\w*)/g;

export interface LoadOptions {
  /** Absolute path of the directory that holds supastor.config.yaml. */
  readonly projectDir: string;
  /** Null: the file's default environment. */
  readonly environment: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: readonly FlagValue[];
  /** Taken for what is in supastor.config.yaml; left out: the file is read. */
  readonly text?: string;
  readonly signal?: AbortSignal;
}

/**
 * Reads the project's files and resolves its configuration for one environment.
 * @throws SJ_CONFIG_NOT_FOUND, SJ_CONFIG_INVALID (every mistake in `meta.mistakes`), SJ_ENVIRONMENT_UNKNOWN
 */
export async function loadProjectConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { projectDir, environment, env, flags = [], signal } = options;
  const path = join(projectDir, CONFIG_FILE_NAME);
  const text = options.text ?? (await readOptional(path, signal));
  if (text === null) throw configNotFound(projectDir);
  const file = parseYaml(text, CONFIG_FILE_NAME);
  const name = environment ?? defaultEnvironment(file.root);
  const names = [ENV_FILE_NAME, ...(isPlainName(name) ? [`${ENV_FILE_NAME}.${name}`] : [])];
  const dotenv: DotenvFile[] = [];
  for (const dotenvName of names) {
    const content = await readOptional(join(projectDir, dotenvName), signal);
    if (content !== null) dotenv.push({ file: dotenvName, ...parseDotenv(content) });
  }
  const secretFiles = await readSecretFiles(projectDir, [...dotenv.map(entriesOf), env], signal);
  const resolved = resolveConfig({ file, dotenv, env, flags, environment: name, readSecretFile: (written) => secretFiles.get(written) });
  const secretPaths = [...secretFiles.keys()].map((written) => resolvePath(projectDir, written));
  const certificates = await readCertificates(resolved.config, projectDir);
  const variables = [...text.matchAll(VARIABLE)].map(([, variable]) => variable ?? '');
  const dotenvPaths = dotenv.map((layer) => join(projectDir, layer.file));
  const files = [path, ...dotenvPaths, ...secretPaths, ...certificates.files];
  return { ...resolved, config: certificates.config, projectDir, variables, files };
}

function configNotFound(projectDir: string): SupastorError {
  return new SupastorError('SJ_CONFIG_NOT_FOUND', `there is no ${CONFIG_FILE_NAME} in ${projectDir}`, {
    hint: 'run `supastor init --dev` there, or name the project with --project-dir',
    meta: { projectDir },
  });
}

function isPlainName(environment: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(environment);
}

function entriesOf(layer: DotenvFile): Readonly<Record<string, string>> {
  return Object.fromEntries(layer.entries.map((entry) => [entry.name, entry.value]));
}

async function readOptional(path: string, signal: AbortSignal | undefined): Promise<string | null> {
  try {
    return await readFile(path, { encoding: 'utf8', signal });
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    throw fileError(error, path, 'read');
  }
}

type Env = Readonly<Record<string, string | undefined>>;

const SECRET_FILE_NAMES: readonly string[] = CONFIG_FIELDS.filter((entry) => entry.secret === true).flatMap((entry) =>
  (entry.env ?? []).map((name) => `${name}${SECRET_FILE_SUFFIX}`),
);

async function readSecretFiles(
  projectDir: string,
  layers: readonly Env[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, SecretFile>> {
  const written = new Set(layers.flatMap((layer) => SECRET_FILE_NAMES.map((name) => layer[name] ?? '')).filter((path) => path !== ''));
  const read = async (path: string): Promise<[string, SecretFile]> => {
    try {
      return [path, { content: await readFile(resolvePath(projectDir, path), { encoding: 'utf8', signal }) }];
    } catch (error) {
      signal?.throwIfAborted();
      return [path, { error: errorCodeOf(error) ?? 'unknown error' }];
    }
  };
  return new Map(await Promise.all([...written].map(read)));
}

function resolvePath(projectDir: string, path: string): string {
  return isAbsolute(path) ? path : join(projectDir, path);
}
