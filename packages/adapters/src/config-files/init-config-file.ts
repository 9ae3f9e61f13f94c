import { access, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CONFIG_FILE_NAME } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import { projectNameFrom, renderStarterYaml, SCHEMA_FILE_PATH } from '@supastor/core/config/starter';
import { fileError } from './file-error.ts';
import { renderSchemaFile } from './init-project.ts';
import { writeFileAtomic } from './write-file-atomic.ts';

export interface InitConfigFileOptions {
  readonly projectDir: string;
  readonly name?: string;
  /** Replace an existing file. */
  readonly force?: boolean;
}

/**
 * Writes a commented supastor.config.yaml and the JSON Schema its first line points to. Returns the path of the former.
 * @throws SJ_CONFIG_EXISTS, SJ_DIRECTORY_NOT_WRITABLE, SJ_NO_SPACE
 */
export async function initConfigFile({ projectDir, name, force = false }: InitConfigFileOptions): Promise<string> {
  const path = join(projectDir, CONFIG_FILE_NAME);
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists && !force) {
    throw new SupastorError('SJ_CONFIG_EXISTS', `${path} is there already; nothing was changed`, { hint: 'add --force to replace it' });
  }
  await writeSchemaFile(projectDir);
  await writeFileAtomic(path, renderStarterYaml({ name: name ?? projectNameFrom(basename(projectDir)), mode: 'dev' }));
  return path;
}

/** Writes the JSON Schema for editors beside the state. Returns its path. @throws SJ_DIRECTORY_NOT_WRITABLE, SJ_NO_SPACE */
export async function writeSchemaFile(projectDir: string): Promise<string> {
  const path = join(projectDir, SCHEMA_FILE_PATH);
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw fileError(error, path, 'write');
  });
  await writeFileAtomic(path, renderSchemaFile());
  return path;
}
