import type { StorageDeps } from '../deps.ts';
import { PeriodicTask } from '../periodic-task.ts';
import { KeyDirectory } from './key-directory.ts';
import { resealKeys } from './reseal-keys.ts';
import type { S3KeysDeps } from './s3-keys.ts';
import { SecretSealer } from './secret-sealer.ts';

const FLUSH_PERIOD_MS = 5000;

export interface S3KeysOptions extends Pick<StorageDeps, 'database' | 'logger'> {
  readonly roles: readonly string[];
  /** Seals the secrets of access keys. */
  readonly passphrase: string;
  /** Open what was sealed before. */
  readonly retiredPassphrases: readonly string[];
}

export interface S3Keys {
  readonly directory: KeyDirectory;
  readonly deps: S3KeysDeps;
  /** Writes what is still to be noted. */
  stop(): Promise<void>;
}

/** Access keys of this server: seals anew what a retired passphrase sealed, and writes from time to time which keys were used. */
export async function startS3Keys({ database, logger, roles, passphrase, retiredPassphrases }: S3KeysOptions): Promise<S3Keys> {
  const sealer = new SecretSealer(passphrase, retiredPassphrases);
  await resealKeys(database, sealer, logger);
  const directory = new KeyDirectory({ database, sealer, roles, logger });
  const task = new PeriodicTask(FLUSH_PERIOD_MS, () => directory.flush());
  task.start();
  return {
    directory,
    deps: { database, sealer, roles, forget: (id) => directory.forget(id) },
    async stop() {
      await task.stop();
      await directory.flush();
    },
  };
}
