import { arch, platform } from 'node:os';
import { join, resolve } from 'node:path';
import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import { checkBackupAge, checkBackupPlace } from '@supastor/core/doctor/backup-checks';
import { checkDatabase, checkReplica } from '@supastor/core/doctor/database-checks';
import * as machine from '@supastor/core/doctor/machine-checks';
import * as project from '@supastor/core/doctor/project-checks';
import * as stack from '@supastor/core/doctor/stack-checks';
import type { SupervisorFact } from '@supastor/core/doctor/stack-checks';
import * as store from '@supastor/core/doctor/store-checks';
import { fail, ok, skip, warn, type CheckResult, type Verdict } from '@supastor/core/doctor/verdict';
import type { LoadedConfig } from '@supastor/core/config/source';
import { sslMode } from '@supastor/core/stack/services/postgres-tls';
import { STORAGE_ROLE } from '@supastor/core/stack/services/shared';
import { readClaims } from '@supastor/core/secrets/jwt';
import { ENV_FILE_NAME, loadProjectConfig, type LoadOptions } from '../config-files/load-project-config.ts';
import { STATE_DIR_NAME, stackPaths } from '../targets/embedded/files/paths.ts';
import { readPlacement } from '../targets/embedded/files/state-file.ts';
import { probeDatabase } from './database-probe.ts';
import { probeReplica } from './replica-probe.ts';
import { probeBucket } from './bucket-probe.ts';
import { postgresPackage } from './postgres-package.ts';
import { probeBackups } from './backup-probe.ts';
import * as probe from './probes.ts';
import * as stackProbe from './stack-probes.ts';
import { probeStoreDirectory, probeStoreSpace } from './store-probes.ts';

export interface DoctorReport {
  /** Null when the configuration could not be loaded. */
  readonly environment: string | null;
  readonly checks: readonly CheckResult[];
}

interface Check {
  readonly id: string;
  readonly title: string;
  readonly run: () => Verdict | Promise<Verdict>;
}

/** Runs every check. None of them throws: one that cannot be made becomes a warning. @throws when the signal is aborted */
export async function runChecks(options: LoadOptions): Promise<DoctorReport> {
  const outcome = await loadProjectConfig(options).then(
    (loaded) => ({ loaded, verdict: describeConfig(loaded) }),
    (error: unknown) => ({ loaded: null, verdict: describeFailure(error) }),
  );
  const { loaded } = outcome;
  const config: Check = { id: 'config', title: 'configuration', run: () => outcome.verdict };
  const checks = [
    ...machineChecks(options, loaded),
    config,
    ...projectChecks(options, loaded),
    ...databaseChecks(loaded),
    ...storeChecks(options, loaded),
    ...backupChecks(options, loaded),
    ...(await stackChecks(options, loaded)),
  ];
  const results: CheckResult[] = [];
  for (const check of checks) {
    options.signal?.throwIfAborted();
    results.push({ id: check.id, title: check.title, ...(await attempt(check)) });
  }
  return { environment: loaded?.environment ?? null, checks: results };
}

async function attempt({ run }: Check): Promise<Verdict> {
  try {
    return await run();
  } catch (error) {
    return warn(
      `could not be checked: ${error instanceof Error ? error.message : String(error)}`,
      'run `supastor doctor` again as the user that runs the stack',
    );
  }
}

function describeConfig({ environment, environments, config }: LoadedConfig): Verdict {
  return ok(`environment ${environment} (${config.project.mode}) of ${environments.length}`);
}

function describeFailure(error: unknown): Verdict {
  if (!(error instanceof SupastorError)) throw error;
  return fail(error.message.split('\n').slice(0, 2).join(' '), error.hint ?? 'run `supastor config validate`');
}

function machineChecks({ projectDir }: LoadOptions, loaded: LoadedConfig | null): readonly Check[] {
  const external = loaded !== null && !loaded.config.postgres.managed;
  return [
    { id: 'node', title: 'Node.js', run: () => machine.checkNode(process.versions.node) },
    { id: 'postgres-programs', title: 'Postgres programs', run: () => (external ? skip('Postgres runs elsewhere') : checkPrograms()) },
    { id: 'memory', title: 'memory', run: () => machine.checkMemory(process.availableMemory()) },
    { id: 'shared-memory', title: 'shared memory', run: async () => machine.checkSharedMemory(await probe.probeSharedMemory()) },
    { id: 'open-files', title: 'open files', run: async () => machine.checkOpenFiles(await probe.probeOpenFiles()) },
    { id: 'clock', title: 'clock', run: () => machine.checkClock(Date.now(), newestKey(loaded)) },
    {
      id: 'disk-space',
      title: 'disk space',
      run: async () => {
        const { freeBytes, freeInodes } = await probe.probeDisk(projectDir);
        return machine.checkDisk(freeBytes, freeInodes);
      },
    },
  ];
}

async function checkPrograms(): Promise<Verdict> {
  const found = await postgresPackage();
  const unusable = found === null ? [] : await probe.probeExecutables(found.programs);
  return machine.checkPostgresPrograms(`${platform()}-${arch()}`, found?.version ?? null, unusable);
}

function newestKey(loaded: LoadedConfig | null): number | null {
  const keys = [loaded?.config.auth.anonKey, loaded?.config.auth.serviceRoleKey].flatMap((key) => {
    const iat = key === undefined ? undefined : readClaims(key.reveal())?.iat;
    return iat === undefined ? [] : [iat];
  });
  return keys.length === 0 ? null : Math.max(...keys);
}

function projectChecks({ projectDir }: LoadOptions, loaded: LoadedConfig | null): readonly Check[] {
  const stateDir = join(projectDir, STATE_DIR_NAME);
  return [
    withConfig(loaded, 'secrets', 'secrets', ({ config }) => project.checkSecrets(config)),
    withConfig(loaded, 'api-keys', 'API keys', ({ config }) => project.checkKeys(config, Date.now())),
    withConfig(loaded, 'variable-names', 'variable names', ({ warnings }) => project.checkVariableNames(warnings)),
    withConfig(loaded, 'exposure', 'open listeners', ({ config }) => project.checkExposure(config)),
    {
      id: 'env-mode',
      title: '.env permissions',
      run: async () => project.checkEnvMode(await probe.probeMode(join(projectDir, ENV_FILE_NAME))),
    },
    { id: 'gitignore', title: '.gitignore', run: async () => project.checkGitignore(await probe.probeGitignore(projectDir)) },
    { id: 'state-dir', title: 'state directory', run: async () => stack.checkStateDir(stateDir, await probe.probeWritable(stateDir)) },
  ];
}

/** A Postgres that runs elsewhere, as each role that signs in there. */
function databaseChecks(loaded: LoadedConfig | null): readonly Check[] {
  if (loaded === null || loaded.config.postgres.managed) return [];
  const { config } = loaded;
  const { host, port, user, password, storagePassword } = config.postgres;
  const roles = [
    { id: 'database', title: 'external Postgres', role: user, secret: password },
    ...(config.storage.managed ? [{ id: 'database-storage', title: 'role of storage', role: STORAGE_ROLE, secret: storagePassword }] : []),
  ];
  const signIns = roles.map(({ id, title, role, secret }) => ({
    id,
    title,
    run: async () => {
      if (secret === undefined) return skip('its password is not set');
      return checkDatabase({ host, port, role, sslMode: sslMode(config) }, await probeDatabase(config, role, secret));
    },
  }));
  return [...signIns, ...replicaChecks(config)];
}

/** What storage reads from beside it. */
function replicaChecks(config: Config): readonly Check[] {
  const { replicas, storagePassword } = config.postgres;
  return replicas.map((replica, index) => ({
    id: `database-replica-${index + 1}`,
    title: 'read replica',
    run: async () => {
      if (storagePassword === undefined) return skip('postgres.storagePassword is not set');
      return checkReplica(replica, await probeReplica(config, index, storagePassword));
    },
  }));
}

/** Where the storage server of this stack keeps bytes. */
function storeChecks({ projectDir, signal }: LoadOptions, loaded: LoadedConfig | null): readonly Check[] {
  const storage = loaded?.config.storage;
  if (loaded === null || storage?.managed !== true) {
    const reason = loaded === null ? 'needs a valid configuration' : 'storage runs elsewhere';
    return [{ id: 'store', title: 'byte store', run: () => skip(reason) }];
  }
  if (storage.backend === 'file') {
    const path = storeDirectory(projectDir, loaded);
    return [
      { id: 'store', title: 'byte store', run: async () => store.checkStoreDirectory(await probeStoreDirectory(path)) },
      { id: 'store-space', title: 'space for bytes', run: async () => store.checkStoreSpace(await probeStoreSpace(path)) },
    ];
  }
  const fact = probeBucket(loaded.config, signal);
  // Whoever asks gets the failure; nobody may have asked yet.
  fact.catch(() => undefined);
  return [
    { id: 'store', title: 'byte store', run: async () => store.checkStoreBucket(storage.s3.bucket ?? '', await fact) },
    { id: 'store-clock', title: 'clock of the byte store', run: async () => store.checkStoreClock(await fact) },
  ];
}

/** Whether there are backups, and whether they lie apart from the data. */
function backupChecks({ projectDir }: LoadOptions, loaded: LoadedConfig | null): readonly Check[] {
  const { destination, maxAgeDays } = loaded?.config.backups ?? {};
  const isOwn = loaded?.config.project.target === 'embedded';
  const fact =
    loaded === null || destination === undefined || !isOwn
      ? Promise.resolve(null)
      : probeBackups(resolve(projectDir, destination), storeDirectory(projectDir, loaded));
  // Whoever asks gets the failure; nobody may have asked yet.
  fact.catch(() => undefined);
  return [
    { id: 'backup-place', title: 'place for backups', run: async () => checkBackupPlace(await fact) },
    { id: 'backup-age', title: 'newest backup', run: async () => checkBackupAge(await fact, maxAgeDays, Date.now()) },
  ];
}

function storeDirectory(projectDir: string, { environment, config }: LoadedConfig): string {
  if (config.storage.filePath !== undefined) return resolve(projectDir, config.storage.filePath);
  const paths = stackPaths(projectDir, environment);
  return resolve(paths.stateDir, readPlacement(paths.placementFile)?.volumes['objects'] ?? 'objects');
}

async function stackChecks(options: LoadOptions, loaded: LoadedConfig | null): Promise<readonly Check[]> {
  const place = {
    projectDir: options.projectDir,
    environment: loaded?.environment ?? 'default',
    uid: process.getuid?.() ?? -1,
    xdgRuntimeDir: options.env['XDG_RUNTIME_DIR'],
  };
  const supervisor = await stackProbe.probeSupervisor(place, options.signal).catch((error: unknown): SupervisorFact => {
    options.signal?.throwIfAborted();
    return { kind: 'stale', detail: `its state cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  });
  return [
    { id: 'postgres-user', title: 'user of Postgres', run: () => stack.checkPostgresUser(stackProbe.probePostgresUser(place)) },
    { id: 'socket-path', title: 'socket path', run: () => machine.checkSocketPath(stackProbe.probeSocketPath(place)) },
    withConfig(loaded, 'ports', 'ports', async ({ config }) => stack.checkPorts(await stackProbe.probePorts(config, supervisor))),
    { id: 'supervisor', title: 'supervisor', run: () => stack.checkSupervisor(supervisor) },
    { id: 'services', title: 'services', run: () => stack.checkServices(supervisor) },
  ];
}

function withConfig(
  loaded: LoadedConfig | null,
  id: string,
  title: string,
  run: (loaded: LoadedConfig) => Verdict | Promise<Verdict>,
): Check {
  return { id, title, run: () => (loaded === null ? skip('needs a valid configuration') : run(loaded)) };
}
