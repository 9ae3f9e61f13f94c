import { chmod, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import { CONFIGS_DIR, SECRETS_DIR, SECRETS_FILE } from '@supastor/core/compose/compose-file';
import type { ComposeExport } from '@supastor/core/compose/export-compose';
import { stringify } from 'yaml';
import { fileError } from '../config-files/file-error.ts';
import { readOptional, writeTogether } from '../config-files/write-together.ts';

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
export async function writeExport(path: string, made: ComposeExport, force: boolean): Promise<WrittenExport> {
  const dir = dirname(path);
  const files = [
    ...made.attachments.map((file) => ({ name: file.path, after: file.content, mode: 0o444 })),
    { name: SECRETS_FILE, after: made.secrets, mode: 0o600 },
    { name: join(SECRETS_DIR, '.gitignore'), after: '*\n', mode: 0o600 },
    { name: basename(path), after: `${HEAD}${stringify(made.document, { lineWidth: 0, compat: 'yaml-1.1' })}`, mode: 0o644 },
  ];
  const present = await Promise.all(files.map(({ name }) => readOptional(join(dir, name))));
  const planned = files.map((file, index) => ({ ...file, before: present[index] ?? null }));
  const wanted = planned.filter(({ before, after }) => before !== after);
  const others = wanted.filter(({ before }) => before !== null);
  if (others.length > 0 && !force) {
    throw new SupastorError(
      'SJ_CONFIG_EXISTS',
      `${others.map(({ name }) => join(dir, name)).join(', ')} would change; nothing was written`,
      {
        hint: 'add --force to replace it, or name another file with --out',
      },
    );
  }
  await makeDirectories(
    dir,
    made.attachments.some(({ secret }) => !secret),
  );
  await writeTogether(dir, wanted);
  const paths = (list: readonly { readonly name: string }[]) => list.map(({ name }) => join(dir, name));
  return { written: paths(wanted), kept: paths(planned.filter((file) => !wanted.includes(file))) };
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
