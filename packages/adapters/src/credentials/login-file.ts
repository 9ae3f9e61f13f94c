import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SupastorError } from '@supastor/contract/errors';
import { z } from 'zod';
import { acquireLock, type Lock } from '../targets/embedded/files/lock.ts';
import { readJsonFile, writeJsonFile } from '../targets/embedded/files/json-file.ts';

const loginSchema = z.object({
  email: z.string(),
  token: z.string(),
  /** ISO 8601. */
  tokenExpiresAt: z.string(),
  refreshToken: z.string().nullable(),
});
export type Login = z.infer<typeof loginSchema>;

const loginsSchema = z.object({
  /** Admin API that is meant where no other is named. */
  current: z.string().nullable(),
  /** By base URL. */
  logins: z.record(z.string(), loginSchema),
});
export type Logins = z.infer<typeof loginsSchema>;

/** Sessions of the command line on this machine, readable by their user only. */
export interface LoginFile {
  readonly path: string;
  /** What is kept; nothing when there is no file or it is damaged. */
  read(): Logins;
  /** Changes the file while no other command may: a refresh token counts once. @throws SJ_LOCKED after ten seconds */
  update<T>(change: (logins: Logins) => Promise<{ readonly logins: Logins; readonly result: T }>, signal: AbortSignal): Promise<T>;
}

const NONE: Logins = { current: null, logins: {} };
const LOCK_ATTEMPTS = 100;
const LOCK_PAUSE_MS = 100;

/** `supastor/logins.json` in the user's configuration directory (XDG_CONFIG_HOME, else ~/.config). */
export function loginFilePath(env: Readonly<Record<string, string | undefined>>, homeDir: string): string {
  const configured = env['XDG_CONFIG_HOME'];
  return join(configured === undefined || configured === '' ? join(homeDir, '.config') : configured, 'supastor', 'logins.json');
}

export function openLoginFile(path: string): LoginFile {
  const read = () => readJsonFile(path, loginsSchema) ?? NONE;
  return {
    path,
    read,
    async update(change, signal) {
      const lock = await waitForLock(`${path}.lock`, signal);
      try {
        const { logins, result } = await change(read());
        writeJsonFile(path, logins);
        return result;
      } finally {
        lock.release();
      }
    },
  };
}

async function waitForLock(path: string, signal: AbortSignal): Promise<Lock> {
  for (let attempt = 1; ; attempt++) {
    try {
      return acquireLock(path, 'supastor');
    } catch (error) {
      if (!(error instanceof SupastorError && error.code === 'SJ_LOCKED') || attempt === LOCK_ATTEMPTS) throw error;
    }
    await sleep(LOCK_PAUSE_MS, undefined, { signal });
  }
}
