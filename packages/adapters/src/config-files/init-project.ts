import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { CONFIG_FIELDS_BY_PATH } from '@supastor/contract/config/fields';
import { renderConfigJsonSchema } from '@supastor/contract/config/json-schema';
import { CONFIG_FILE_NAME } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import { SECRET_FILE_SUFFIX } from '@supastor/core/config/candidates';
import { parseDotenv } from '@supastor/core/config/dotenv';
import { appendEnv, appendIgnores } from '@supastor/core/config/env-file';
import { configInvalid, mistake } from '@supastor/core/config/mistakes';
import { projectNameFrom, renderStarterYaml, SCHEMA_FILE_PATH, type Ports } from '@supastor/core/config/starter';
import { checkApiKeys, generateMissingSecrets } from '@supastor/core/secrets/generate-secrets';
import { isKnownDefault } from '@supastor/core/secrets/known-defaults';
import { MONITORING_SECRETS, REQUIRED_SECRETS } from '@supastor/core/secrets/stack-secrets';
import { fileError } from './file-error.ts';
import { ENV_FILE_NAME } from './load-project-config.ts';
import { type PlannedFile, readOptional, writeTogether } from './write-together.ts';

export interface InitOptions {
  readonly projectDir: string;
  readonly mode: 'dev' | 'prod';
  /** Default: made from the directory's name. */
  readonly name?: string;
  /** Default: `admin@localhost.local`. */
  readonly adminEmail?: string;
  readonly ports?: Ports;
  /** Replace an existing supastor.config.yaml. Secrets are never replaced. */
  readonly force?: boolean;
  /** Milliseconds since 1970; default now. */
  readonly nowMs?: number;
}

export interface InitResult {
  readonly projectDir: string;
  /** File names relative to the project. */
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly kept: readonly string[];
  /** Environment names of the secrets that were generated now. */
  readonly generated: readonly string[];
  readonly warnings: readonly string[];
}

const ADMIN_EMAIL_NAME = 'SUPASTOR_ADMIN_EMAIL';
const DEFAULT_ADMIN_EMAIL = 'admin@localhost.local';
/** What git must not see of a project. */
export const IGNORED = ['.env', '.env.*', '!.env.example', '.supastor/'];

/**
 * Makes a project: supastor.config.yaml, secrets in .env (0600), .gitignore entries, the editor's JSON Schema.
 * May be run again: it adds what is missing and never replaces a secret. Either every file is written or none.
 * @throws SJ_CONFIG_INVALID when an existing .env cannot be read, or holds publicly known secrets in mode prod
 * @throws SJ_DIRECTORY_NOT_WRITABLE, SJ_NO_SPACE
 */
export async function initProject(options: InitOptions): Promise<InitResult> {
  const projectDir = resolve(options.projectDir);
  const nowMs = options.nowMs ?? Date.now();
  const env = await planEnv(projectDir, options, nowMs);
  const planned = [...(await planFiles(projectDir, options)), env.file];
  const changed = planned.filter((file) => file.before !== file.after);
  await writeTogether(projectDir, changed);
  return {
    projectDir,
    created: namesOf(changed.filter((file) => file.before === null)),
    updated: namesOf(changed.filter((file) => file.before !== null)),
    kept: namesOf(planned.filter((file) => file.before === file.after)),
    generated: env.generated,
    warnings: env.warnings,
  };
}

function namesOf(files: readonly PlannedFile[]): readonly string[] {
  return files.map((file) => file.name);
}

async function planFiles(projectDir: string, options: InitOptions): Promise<readonly PlannedFile[]> {
  const { mode, ports = {}, force = false, name = projectNameFrom(basename(projectDir)) } = options;
  const yaml = await readOptional(join(projectDir, CONFIG_FILE_NAME));
  const ignores = await readOptional(join(projectDir, '.gitignore'));
  const schema = await readOptional(join(projectDir, SCHEMA_FILE_PATH));
  return [
    { name: CONFIG_FILE_NAME, before: yaml, after: yaml === null || force ? renderStarterYaml({ name, mode, ports }) : yaml, mode: 0o644 },
    { name: '.gitignore', before: ignores, after: appendIgnores(ignores ?? '', IGNORED) ?? ignores ?? '', mode: 0o644 },
    { name: SCHEMA_FILE_PATH, before: schema, after: renderSchemaFile(), mode: 0o644 },
  ];
}

/** The JSON Schema as it is written for editors. */
export function renderSchemaFile(): string {
  return `${JSON.stringify(renderConfigJsonSchema(), null, 2)}\n`;
}

interface PlannedEnv {
  readonly file: PlannedFile;
  readonly generated: readonly string[];
  readonly warnings: readonly string[];
}

async function planEnv(projectDir: string, options: InitOptions, nowMs: number): Promise<PlannedEnv> {
  const before = await readOptional(join(projectDir, ENV_FILE_NAME));
  const existing = await existingSecrets(projectDir, before ?? '');
  if (options.mode === 'prod') refusePublicSecrets(existing);
  const generated = generateMissingSecrets({ random: randomBytes, nowMs, existing });
  const login =
    existing[ADMIN_EMAIL_NAME] === undefined ? [{ name: ADMIN_EMAIL_NAME, value: options.adminEmail ?? DEFAULT_ADMIN_EMAIL }] : [];
  const inBlock = (prefix: string) => generated.filter(({ name }) => name.startsWith('SUPASTOR_ADMIN_') === (prefix === 'admin'));
  const after = appendEnv(before ?? '', [
    { comment: 'Secrets of this project. Keep them out of git; whoever reads them owns the data.', values: inBlock('stack') },
    { comment: 'First administrator of the dashboard.', values: [...login, ...inBlock('admin')] },
  ]);
  const all = { ...existing, ...Object.fromEntries(generated.map(({ name, value }) => [name, value])) };
  const warnings = checkApiKeys(
    { jwtSecret: all['JWT_SECRET'] ?? '', anonKey: all['ANON_KEY'], serviceRoleKey: all['SERVICE_ROLE_KEY'] },
    nowMs,
  );
  return {
    file: { name: ENV_FILE_NAME, before, after, mode: 0o600 },
    generated: generated.map(({ name }) => name),
    warnings: warnings.map((warning) => `${warning}; delete that line from .env and run init again to make a new one`),
  };
}

/** Values .env sets already, by the name init writes, whichever of a field's names it uses; `<NAME>_FILE` is followed. */
async function existingSecrets(projectDir: string, text: string): Promise<Readonly<Record<string, string>>> {
  const parsed = parseDotenv(text);
  if (parsed.problems.length > 0) {
    throw configInvalid(
      parsed.problems.map(({ at, reason }) => mistake(reason, { file: ENV_FILE_NAME, line: at.line, column: at.column })),
    );
  }
  const byName = new Map(parsed.entries.map((entry) => [entry.name, entry.value]));
  const found: Record<string, string> = {};
  for (const { path, envName } of [...REQUIRED_SECRETS, ...MONITORING_SECRETS, { path: 'admin.email', envName: ADMIN_EMAIL_NAME }]) {
    const value = await firstValue(projectDir, byName, CONFIG_FIELDS_BY_PATH.get(path)?.env ?? [envName]);
    if (value !== undefined) found[envName] = value;
  }
  return found;
}

async function firstValue(projectDir: string, byName: ReadonlyMap<string, string>, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const value = byName.get(name) ?? '';
    if (value !== '') return value;
    const file = byName.get(`${name}${SECRET_FILE_SUFFIX}`) ?? '';
    if (file === '') continue;
    const path = resolve(projectDir, file);
    const content = await readFile(path, 'utf8').catch((error: unknown) => {
      throw fileError(error, path, 'read');
    });
    return content.replace(/\r?\n$/, '');
  }
  return undefined;
}

function refusePublicSecrets(existing: Readonly<Record<string, string>>): void {
  const known = Object.entries(existing).filter(([, value]) => isKnownDefault(value));
  if (known.length === 0) return;
  const names = known.map(([name]) => name);
  throw new SupastorError(
    'SJ_SECRETS_MISSING',
    `publicly known values are refused in mode prod: ${names.join(', ')}; nothing was changed`,
    {
      hint: 'delete these lines from .env and run `supastor init --prod` again: it generates strong ones',
      meta: { known: names },
    },
  );
}
