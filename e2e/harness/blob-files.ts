import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Version ids of every file in the byte store of a project, published ones only. */
export async function listBlobFiles(projectDir: string, environment = 'default'): Promise<string[]> {
  const root = join(projectDir, '.supastor', environment, 'objects', 'blobs');
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => basename(entry.name));
}
