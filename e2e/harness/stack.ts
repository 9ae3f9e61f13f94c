import { chmod, chown } from 'node:fs/promises';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { type CliOptions, type CliResult, runCli } from './cli.ts';

/** What `status --show-secrets -o env` prints. */
export interface StackAccess {
  readonly API_URL: string;
  readonly STORAGE_URL: string;
  readonly STORAGE_S3_URL: string;
  readonly ADMIN_URL: string;
  readonly META_URL: string;
  readonly DB_URL: string;
  readonly ANON_KEY: string;
  readonly SERVICE_ROLE_KEY: string;
  readonly JWT_SECRET: string;
  readonly S3_PROTOCOL_ACCESS_KEY_ID: string;
  readonly S3_PROTOCOL_ACCESS_KEY_SECRET: string;
  readonly ADMIN_EMAIL: string;
  readonly ADMIN_PASSWORD: string;
}

export interface Stack {
  readonly projectDir: string;
  cli(...args: readonly string[]): Promise<CliResult>;
  /** Reads the addresses and keys again; ports may have moved. */
  access(): Promise<StackAccess>;
  pids(): Promise<Record<string, number>>;
  /** `supastor up -d`; throws with the command's output when it fails. */
  up(...args: readonly string[]): Promise<CliResult>;
  /** Stops everything and removes the project directory. */
  destroy(): Promise<void>;
}

/** `env` is on top of free ports for its services. */
export type StackOptions = Omit<CliOptions, 'projectDir'>;

/** A project of its own in a temp directory, on free ports, started with the built CLI. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const stack = await createStack(options);
  await stack.up('--dev');
  return stack;
}

export async function createStack(options: StackOptions = {}): Promise<Stack> {
  const dir = await createTempDir('e2e');
  await chmod(dir.path, 0o755);
  if (options.uid !== undefined) await chown(dir.path, options.uid, options.gid ?? options.uid);
  const env = { ...(await freePorts()), ...options.env };
  const cli = (...args: readonly string[]) => runCli(args, { ...options, env, projectDir: dir.path });
  return {
    projectDir: dir.path,
    cli,
    async access() {
      const result = must(await cli('status', '--show-secrets', '-o', 'env'), 'status');
      return parseAccess(result.stdout);
    },
    async pids() {
      const { stdout } = must(await cli('status', '-o', 'json'), 'status');
      const { services }: { services: { name: string; pid: number | null }[] } = JSON.parse(stdout);
      return Object.fromEntries(services.flatMap(({ name, pid }) => (pid === null ? [] : [[name, pid]])));
    },
    async up(...args) {
      return must(await cli('up', '-d', ...args), 'up');
    },
    async destroy() {
      await cli('down');
      await dir.remove();
    },
  };
}

/** Ports for one stack, so that stacks of parallel test files do not meet. */
export async function freePorts(): Promise<Record<string, string>> {
  const [postgres, storage, meta, admin] = [await findFreePort(), await findFreePort(), await findFreePort(), await findFreePort()];
  return {
    SUPASTOR_POSTGRES_PORT: String(postgres),
    SUPASTOR_STORAGE_PORT: String(storage),
    SUPASTOR_META_PORT: String(meta),
    SUPASTOR_ADMIN_PORT: String(admin),
  };
}

function must(result: CliResult, what: string): CliResult {
  if (result.code !== 0) throw new Error(`${what} ended with ${result.code}\n${result.stdout}\n${result.stderr}`);
  return result;
}

function parseAccess(text: string): StackAccess {
  const entries = text
    .trim()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  const read = (name: keyof StackAccess): string => {
    const value = entries.find(([key]) => key === name)?.[1];
    if (value === undefined || value === '') throw new Error(`status printed no ${name}`);
    return value;
  };
  return {
    API_URL: read('API_URL'),
    STORAGE_URL: read('STORAGE_URL'),
    STORAGE_S3_URL: read('STORAGE_S3_URL'),
    ADMIN_URL: read('ADMIN_URL'),
    META_URL: read('META_URL'),
    DB_URL: read('DB_URL'),
    ANON_KEY: read('ANON_KEY'),
    SERVICE_ROLE_KEY: read('SERVICE_ROLE_KEY'),
    JWT_SECRET: read('JWT_SECRET'),
    S3_PROTOCOL_ACCESS_KEY_ID: read('S3_PROTOCOL_ACCESS_KEY_ID'),
    S3_PROTOCOL_ACCESS_KEY_SECRET: read('S3_PROTOCOL_ACCESS_KEY_SECRET'),
    ADMIN_EMAIL: read('ADMIN_EMAIL'),
    ADMIN_PASSWORD: read('ADMIN_PASSWORD'),
  };
}
