import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Call, createCall, EMAIL, PASSWORD, SESSION_SECRET } from './admin-harness.ts';
import type { StorageProcess } from './storage-process.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface AdminProcess {
  readonly url: string;
  readonly call: Call;
  /** Ends the server without warning. */
  kill(): Promise<void>;
}

/** A second server over the same storage and database, as a process of its own that can be killed. */
export async function startAdminProcess(storage: StorageProcess): Promise<AdminProcess> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: {
      PATH: process.env['PATH'] ?? '',
      SUPASTOR_ADMIN_PORT: '0',
      SUPASTOR_ADMIN_EMAIL: EMAIL,
      SUPASTOR_ADMIN_PASSWORD: PASSWORD,
      SUPASTOR_ADMIN_SESSION_SECRET: SESSION_SECRET,
      SUPASTOR_STORAGE_URL: storage.url,
      SERVICE_ROLE_KEY: storage.serviceRoleKey,
      DATABASE_URL: storage.databaseUrl,
      SUPASTOR_PROJECT: 'test',
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'close');
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /"url":"(http[^"]+)"/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`the admin server ended with ${code}`)));
  });
  return {
    url,
    call: createCall(url),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
