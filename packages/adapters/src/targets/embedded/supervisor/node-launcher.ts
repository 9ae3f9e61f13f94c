import { request } from 'node:http';
import { mkdirSync } from 'node:fs';
import { connectHost, resolveEnvironment, type Reference } from '@supastor/core/stack/references';
import type { PlacedSpec } from '@supastor/core/stack/service-spec';
import { SupastorError } from '@supastor/contract/errors';
import { asFsError } from '../files/fs-errors.ts';
import type { LaunchCommand } from '../process-handle.ts';
import { isPortFree } from '../ports.ts';
import type { Launcher } from './launcher.ts';

/** A service of ours: a file that Node runs. */
export interface NodeEntry {
  /** Absolute path of the program. */
  readonly file: string;
  /** Restart it whenever one of its source files changes. */
  readonly watch: boolean;
  /** Flags for Node itself. */
  readonly nodeFlags: readonly string[];
  /** Environment that belongs to the installation, not to the configuration (such as the directory of the built dashboard). */
  readonly environment: Readonly<Record<string, string>>;
}

export interface NodeLauncherOptions {
  readonly entry: NodeEntry;
  readonly nodePath: string;
  /** Environment every process gets, such as PATH and TZ. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Directory where V8 keeps compiled code between starts. */
  readonly compileCacheDir: string;
  /** Directory of each volume, by name. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly controlSocket: string;
  readonly postgresSocketDir: string;
  readonly marker: Readonly<Record<string, string>>;
}

/** Runs one of our services with Node. */
export function createNodeLauncher(options: NodeLauncherOptions): Launcher {
  return {
    async prepare(spec): Promise<LaunchCommand> {
      for (const { host, port } of Object.values(spec.ports)) {
        if (await isPortFree(host, port)) continue;
        throw new SupastorError('SJ_PORT_TAKEN', `Port ${port} on ${host}, planned for ${spec.name}, has been taken by another process`, {
          hint: 'run supastor up again: it will choose a free port',
        });
      }
      for (const volume of spec.volumes) ensureDirectory(volumeDir(options, volume));
      const watch = options.entry.watch ? ['--watch', '--watch-preserve-output'] : [];
      return {
        file: options.nodePath,
        args: [...options.entry.nodeFlags, ...memoryFlags(spec), ...watch, options.entry.file],
        env: {
          ...options.baseEnvironment,
          NODE_COMPILE_CACHE: options.compileCacheDir,
          // glibc would keep an arena per thread; these processes allocate from few.
          MALLOC_ARENA_MAX: '2',
          ...options.entry.environment,
          ...resolveEnvironment(spec, (reference) => resolve(options, reference)),
          ...options.marker,
        },
        cwd: options.cwd,
        stopSignal: 'SIGTERM',
      };
    },
    check: checkHttp,
  };
}

function memoryFlags({ resources }: PlacedSpec): string[] {
  return resources.memoryBytes === null ? [] : [`--max-old-space-size=${Math.floor(resources.memoryBytes / 1024 ** 2)}`];
}

function resolve(options: NodeLauncherOptions, { kind, target }: Reference): string {
  if (kind === 'dir') return volumeDir(options, target);
  if (kind === 'socket' && target === 'control') return options.controlSocket;
  if (kind === 'params' && target === 'postgres.postgres') return `?host=${encodeURIComponent(options.postgresSocketDir)}`;
  throw new SupastorError('SJ_INTERNAL', `The embedded target knows no ${kind}:${target}`);
}

function volumeDir(options: NodeLauncherOptions, volume: string): string {
  const path = options.volumes[volume];
  if (path === undefined) throw new SupastorError('SJ_INTERNAL', `No directory was placed for the volume ${volume}`);
  return path;
}

function ensureDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw asFsError(error, path);
  }
}

function checkHttp(spec: PlacedSpec): Promise<void> {
  const { health, ports } = spec;
  const listener = ports[health.port];
  if (health.kind !== 'http' || !listener) return Promise.reject(new Error(`${spec.name} has no http health check`));
  const url = `http://${connectHost(listener.host)}:${listener.port}${health.path}`;
  return new Promise((done, reject) => {
    const call = request(url, { agent: false, signal: AbortSignal.timeout(health.timeoutMs) }, (response) => {
      response.resume();
      const { statusCode } = response;
      if (statusCode === 200) done();
      else reject(new Error(`${health.path} answers ${statusCode}`));
    });
    call.once('error', (error) => reject(new Error(`${health.path} does not answer: ${error.message}`)));
    call.end();
  });
}
