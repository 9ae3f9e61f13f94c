import { chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { CONFIGS_DIR, SECRETS_DIR } from '@supastor/core/compose/compose-file';
import type { ComposeExport } from '@supastor/core/compose/export-compose';
import { stringify } from 'yaml';
import { errorCodeOf, fileError } from '../config-files/file-error.ts';
import { type PreparedWrite, prepareWrite } from '../config-files/write-file-atomic.ts';

export interface WrittenExport {
  /** Paths that were written. */
  readonly written: readonly string[];
  /** Paths that held the same already. */
  readonly kept: readonly string[];
}

const HEAD = `# Made by \`supastor compose export\`: the stack of supastor.config.yaml for \`docker compose\`.
# Passwords and keys are not in this file but in ${SECRETS_DIR}/, which belongs beside it and into no repository.
# It uses the volumes of \`supastor up\`; run either, not both: \`supastor down\` first.
`;

/**
 * Writes a compose file to `path` and its files beside it: all of them, or none. Files of secrets must be readable for the users of the
 * containers, who differ from service to service; what keeps others out is their directory, which is for its owner only.
 * @throws SJ_CONFIG_EXISTS when other content is there and `force` is not given; SJ_DIRECTORY_NOT_WRITABLE, SJ_NO_SPACE
 */
export async function writeExport(path: string, { document, attachments }: ComposeExport, force: boolean): Promise<WrittenExport> {
  const dir = dirname(path);
  const files = [
    ...attachments.map((file) => ({ path: join(dir, file.path), content: file.content, mode: 0o444 })),
    { path: join(dir, SECRETS_DIR, '.gitignore'), content: '*\n', mode: 0o600 },
    { path, content: `${HEAD}${stringify(document, { lineWidth: 0, compat: 'yaml-1.1' })}`, mode: 0o644 },
  ];
  const present = await Promise.all(files.map((file) => readOptional(file.path)));
  const kept = files.filter((file, index) => present[index] === file.content);
  const wanted = files.filter((file) => !kept.includes(file));
  const others = files.filter((file, index) => present[index] !== null && present[index] !== file.content);
  if (others.length > 0 && !force) {
    throw new SupastorError('SJ_CONFIG_EXISTS', `${others.map((file) => file.path).join(', ')} would change; nothing was written`, {
      hint: 'add --force to replace it, or name another file with --out',
    });
  }
  await makeDirectories(
    dir,
    attachments.some(({ secret }) => !secret),
  );
  await writeAll(wanted);
  return { written: wanted.map((file) => file.path), kept: kept.map((file) => file.path) };
}

async function makeDirectories(dir: string, hasConfigs: boolean): Promise<void> {
  const secrets = join(dir, SECRETS_DIR);
  try {
    await mkdir(secrets, { recursive: true, mode: 0o700 });
    // Before anything is in it, whoever made it.
    await chmod(secrets, 0o700);
    if (hasConfigs) await mkdir(join(dir, CONFIGS_DIR), { recursive: true });
  } catch (error) {
    throw fileError(error, dir, 'write');
  }
}

async function writeAll(files: readonly { readonly path: string; readonly content: string; readonly mode: number }[]): Promise<void> {
  const prepared: PreparedWrite[] = [];
  try {
    for (const file of files) prepared.push(await prepareWrite(file.path, file.content, file.mode));
    for (const write of prepared) await write.commit();
  } catch (error) {
    await Promise.allSettled(prepared.map((write) => write.discard()));
    throw error;
  }
}

async function readOptional(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return null;
    throw fileError(error, path, 'read');
  }
}
