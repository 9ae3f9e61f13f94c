import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import type { PlacedSpec } from '@supastor/core/stack/service-spec';
import { SupastorError } from '@supastor/contract/errors';
import { asFsError } from '../files/fs-errors.ts';
import type { LaunchCommand } from '../process-handle.ts';
import type { Launcher } from '../supervisor/launcher.ts';
import { locateBinaries } from './binaries.ts';
import { bootstrapDatabase, pingDatabase } from './bootstrap.ts';
import { ensureCluster, writeAccessRules } from './cluster.ts';
import { clearLeftovers } from './leftovers.ts';
import type { Owner } from './owner.ts';

export interface PostgresLauncherOptions {
  readonly dataDir: string;
  readonly socketDir: string;
  readonly owner: Owner | undefined;
  /** Where a copy of the programs goes when they cannot be used where they are. */
  readonly binariesCopyDir: string;
  /** Marks the process as ours. */
  readonly marker: Readonly<Record<string, string>>;
}

/** Runs Postgres from the bundled programs. */
export function createPostgresLauncher(options: PostgresLauncherOptions): Launcher {
  const { dataDir, socketDir, owner } = options;
  return {
    async prepare(spec): Promise<LaunchCommand> {
      const binaries = await locateBinaries(owner, options.binariesCopyDir);
      await clearLeftovers(dataDir, socketDir);
      await ensureCluster(binaries, dataDir, owner);
      await writeAccessRules(dataDir, owner);
      ensureSocketDir(socketDir, owner);
      return {
        file: binaries.postgres,
        args: ['-D', dataDir, ...Object.entries(serverSettings(spec, socketDir)).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC', ...options.marker },
        cwd: '/',
        ...(owner ? { owner } : {}),
        stopSignal: 'SIGINT',
      };
    },
    check: (spec) => pingDatabase(socketDir, listener(spec).port, spec.health.timeoutMs),
    onReady: (spec) =>
      bootstrapDatabase({
        socketDir,
        port: listener(spec).port,
        database: setting(spec, 'POSTGRES_DB'),
        adminUser: setting(spec, 'POSTGRES_USER'),
        adminPassword: setting(spec, 'POSTGRES_PASSWORD'),
        storagePassword: setting(spec, 'POSTGRES_STORAGE_PASSWORD'),
      }),
  };
}

/** What the configuration decides, and what our own log reader and sockets depend on. The rest is in postgresql.conf. */
function serverSettings(spec: PlacedSpec, socketDir: string): Record<string, string> {
  const { host, port } = listener(spec);
  return {
    listen_addresses: host,
    port: String(port),
    max_connections: setting(spec, 'POSTGRES_MAX_CONNECTIONS'),
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] ',
    log_timezone: 'UTC',
  };
}

function ensureSocketDir(socketDir: string, owner: Owner | undefined): void {
  try {
    mkdirSync(socketDir, { recursive: true, mode: 0o700 });
    chmodSync(socketDir, 0o700);
    if (owner) chownSync(socketDir, owner.uid, owner.gid);
  } catch (error) {
    throw asFsError(error, socketDir);
  }
}

function listener(spec: PlacedSpec): { readonly host: string; readonly port: number } {
  const found = spec.ports['postgres'];
  if (!found) throw new SupastorError('SJ_INTERNAL', 'The spec of postgres has no port named postgres');
  return found;
}

function setting(spec: PlacedSpec, name: string): string {
  const value = spec.environment[name];
  if (value === undefined) throw new SupastorError('SJ_INTERNAL', `The spec of postgres has no ${name}`);
  return value;
}
