import { join } from 'node:path';
import { CONFIG_FIELDS } from '@supastor/contract/config/fields';
import { CONFIG_FILE_NAME, CONFIG_VERSION } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { ImportResult } from '@supastor/core/compose/import-compose';
import { parseDotenv } from '@supastor/core/config/dotenv';
import { appendEnv, appendIgnores, type EnvBlock } from '@supastor/core/config/env-file';
import { SCHEMA_FILE_PATH } from '@supastor/core/config/starter';
import { IGNORED, renderSchemaFile } from '../config-files/init-project.ts';
import { ENV_FILE_NAME } from '../config-files/load-project-config.ts';
import { renderYaml } from '../config-files/render-yaml.ts';
import { type PlannedFile, readOptional, writeTogether } from '../config-files/write-together.ts';

export interface WrittenImport {
  /** File names relative to the project. */
  readonly written: readonly string[];
  readonly kept: readonly string[];
}

/**
 * Writes what was imported as a project: supastor.config.yaml, `.env` (0600), .gitignore entries, the editor's schema. All or none.
 * Without `force` nothing that is there is replaced: a configuration, or a value in `.env`.
 * @throws SJ_CONFIG_EXISTS, SJ_CONFLICT, SJ_DIRECTORY_NOT_WRITABLE, SJ_NO_SPACE
 */
export async function writeImport(projectDir: string, result: ImportResult, force: boolean): Promise<WrittenImport> {
  const before = async (name: string) => readOptional(join(projectDir, name));
  const [yaml, env, ignores, schema] = await Promise.all([CONFIG_FILE_NAME, ENV_FILE_NAME, '.gitignore', SCHEMA_FILE_PATH].map(before));
  const rendered = renderConfig(result);
  if (typeof yaml === 'string' && yaml !== rendered && !force) {
    throw new SupastorError('SJ_CONFIG_EXISTS', `${join(projectDir, CONFIG_FILE_NAME)} is there already; nothing was written`, {
      hint: 'add --force to replace it, or import into another directory with --project-dir',
    });
  }
  const planned: readonly PlannedFile[] = [
    { name: CONFIG_FILE_NAME, before: yaml ?? null, after: rendered, mode: 0o644 },
    { name: ENV_FILE_NAME, before: env ?? null, after: renderEnv(env ?? '', result, force), mode: 0o600 },
    { name: '.gitignore', before: ignores ?? null, after: appendIgnores(ignores ?? '', IGNORED) ?? ignores ?? '', mode: 0o644 },
    { name: SCHEMA_FILE_PATH, before: schema ?? null, after: renderSchemaFile(), mode: 0o644 },
  ];
  const changed = planned.filter((file) => file.before !== file.after);
  await writeTogether(projectDir, changed);
  return { written: changed.map(({ name }) => name), kept: planned.filter((file) => !changed.includes(file)).map(({ name }) => name) };
}

function renderConfig({ settings, environment }: ImportResult): string {
  return `# yaml-language-server: $schema=${SCHEMA_FILE_PATH}
# Made by \`supastor compose import\`. Passwords and keys are in .env, which git ignores.
${renderYaml({ version: CONFIG_VERSION, environments: { [environment]: escapeAll(settings) } })}`;
}

/** A text that looks like a variable is meant as it is. */
function escapeAll(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(escapeAll);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, escapeAll(entry)]));
}

/** @throws SJ_CONFLICT naming the variables that have another value */
function renderEnv(text: string, { secrets, generated, toSet }: ImportResult, force: boolean): string {
  const { entries } = parseDotenv(text);
  const present = (name: string) => {
    const names = CONFIG_FIELDS.find(({ env }) => env?.includes(name) === true)?.env ?? [name];
    // Of several names of one setting the last one counts.
    const winner = names.findLast((candidate) => entries.some((entry) => entry.name === candidate));
    return entries.findLast((entry) => entry.name === winner);
  };
  const others = secrets.filter(
    ({ name, value }) => !generated.includes(name) && present(name) !== undefined && present(name)?.value !== value,
  );
  if (others.length > 0 && !force) {
    const names = others.map(({ name }) => present(name)?.name ?? name).join(', ');
    throw new SupastorError('SJ_CONFLICT', `.env has other values for ${names}; nothing was written`, {
      hint: 'add --force to replace them, or import into another directory with --project-dir',
    });
  }
  const gone = new Set(others.map(({ name }) => present(name)?.at.line));
  const kept =
    text === ''
      ? ''
      : text
          .split('\n')
          .filter((_, index) => !gone.has(index + 1))
          .join('\n');
  const missing = secrets.filter(({ name }) => present(name) === undefined || others.some((other) => other.name === name));
  const blocks: readonly EnvBlock[] = [
    { comment: 'Taken from a compose file.', values: missing.filter(({ name }) => !generated.includes(name)) },
    { comment: 'Made by `supastor compose import`.', values: missing.filter(({ name }) => generated.includes(name)) },
  ];
  const unset = toSet.filter((name) => present(name) === undefined);
  const after = appendEnv(kept, blocks);
  return unset.length === 0 ? after : `${after}\n# To be set before \`supastor up\`:\n${unset.map((name) => `# ${name}=\n`).join('')}`;
}
