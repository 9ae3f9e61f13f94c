import { open } from 'node:fs/promises';

/** Makes what was renamed into a directory, or removed from it, durable. @throws system errors */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync().finally(() => directory.close());
}
