import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_FILE_NAME } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { SettingsFile, SettingsText } from '@supastor/core/settings/settings-file.port';
import { editYaml } from './edit-yaml.ts';
import { fileError } from './file-error.ts';
import { loadProjectConfig } from './load-project-config.ts';
import { readStartContext } from './start-context.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

export interface SettingsFileOptions {
  /** Absolute path of the directory that holds supastor.config.yaml. */
  readonly projectDir: string;
  readonly environment: string;
  /** Where the command that started the stack wrote down its variables and flags. */
  readonly contextFile: string;
}

/** The configuration file of a project on this machine. */
export function createSettingsFile({ projectDir, environment, contextFile }: SettingsFileOptions): SettingsFile {
  const path = join(projectDir, CONFIG_FILE_NAME);
  const read = async (signal: AbortSignal): Promise<SettingsText> => {
    const text = await readFile(path, { encoding: 'utf8', signal }).catch((error: unknown) => {
      throw fileError(error, path, 'read');
    });
    return { file: CONFIG_FILE_NAME, text, revision: hash('sha256', text).slice(0, 16) };
  };
  return {
    read,
    async resolve(text, signal) {
      const { env, flags } = await readStartContext(contextFile);
      return loadProjectConfig({ projectDir, environment, env, flags, signal, text });
    },
    edit: editYaml,
    async write(before, text, signal) {
      const now = await read(signal);
      if (now.revision !== before.revision) {
        throw new SupastorError(
          'SJ_PRECONDITION_FAILED',
          'Somebody changed the configuration file at the same moment; nothing was changed.',
          {
            hint: 'Read the settings again.',
          },
        );
      }
      await writeFileAtomic(path, text);
    },
  };
}
