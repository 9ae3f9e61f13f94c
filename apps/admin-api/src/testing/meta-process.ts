import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '@supastor/testkit/harness/free-port';

const MAIN = fileURLToPath(new URL('../../../../packages/adapters/src/postgres-meta/server/main.ts', import.meta.url));

export interface MetaProcess {
  readonly url: string;
  stop(): Promise<void>;
}

/** The real postgres-meta as a process of its own. */
export async function startMetaProcess(databaseUrl: string): Promise<MetaProcess> {
  const port = await findFreePort();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: { PATH: process.env['PATH'] ?? '', PG_META_PORT: String(port), CRYPTO_KEY: 'crypto-key-0123456789', PG_META_DB_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('listening')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`postgres-meta ended with ${code}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
