import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startGatedStorage } from './testing/storage-process.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** As `npm run foreign-storage` does for a server of somebody else; here it is ours, as far as the official one goes. */
test('the tests over storage pass over a server that only the environment names', async () => {
  const storage = await startGatedStorage();
  try {
    const { code, output } = await run({
      SUPASTOR_TEST_STORAGE_URL: storage.forAdmin.storageUrl,
      SUPASTOR_TEST_STORAGE_SERVICE_KEY: storage.serviceRoleKey,
      SUPASTOR_TEST_STORAGE_JWT_SECRET: storage.jwtSecret,
      SUPASTOR_TEST_STORAGE_DATABASE_URL: storage.databaseUrl,
    });
    expect([code, output.match(/(\d+) passed, 0 failed/)?.[1]], output.slice(-4000)).toEqual([0, expect.stringMatching(/^\d\d+$/)]);
  } finally {
    await storage.stop();
  }
}, 300_000);

function run(env: Record<string, string>): Promise<{ readonly code: number | null; readonly output: string }> {
  const { PATH = '', HOME = '', TMPDIR } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts', 'foreign-storage.ts')], {
      cwd: ROOT,
      env: { PATH, HOME, NO_COLOR: '1', ...(TMPDIR && { TMPDIR }), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
