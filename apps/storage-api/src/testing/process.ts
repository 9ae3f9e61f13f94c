import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { StorageClient } from '@supabase/storage-js';
import { JWT_SECRET, SERVICE_TOKEN } from './server.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  readonly client: StorageClient;
  /** Log lines so far. */
  readonly lines: readonly string[];
  /** Ends the process and waits until it is gone; returns the exit code, null when a signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** The real program in its own process, ready to serve. `onSpawn` gets its process id before it is. */
export async function spawnServer(
  databaseUrl: string,
  storePath: string,
  env: Record<string, string> = {},
  onSpawn?: (pid: number) => void,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: databaseUrl,
      SERVER_PORT: '0',
      AUTH_JWT_SECRET: JWT_SECRET,
      STORAGE_FILE_BACKEND_PATH: storePath,
      LOG_LEVEL: 'info',
      ...env,
    },
  });
  if (child.pid !== undefined) onSpawn?.(child.pid);
  const lines: string[] = [];
  const url = await waitForUrl(child, lines);
  const headers = { authorization: `Bearer ${SERVICE_TOKEN}` };
  return {
    url,
    pid: child.pid ?? 0,
    client: new StorageClient(url, headers),
    lines,
    end: (signal) => endProcess(child, signal),
  };
}

function waitForUrl(child: ChildProcess, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null || child.stderr === null) return reject(new Error('no output'));
    createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const record: unknown = JSON.parse(line);
      if (isReady(record)) resolve(record.url);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server exited with ${code}:\n${lines.slice(-10).join('\n')}`)));
  });
}

function isReady(record: unknown): record is { url: string } {
  return typeof record === 'object' && record !== null && 'msg' in record && record.msg === 'storage is ready' && 'url' in record;
}

function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill(signal);
  });
}
