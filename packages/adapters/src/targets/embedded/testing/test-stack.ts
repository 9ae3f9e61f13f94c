import { chmod, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@supastor/contract/config/schema';
import type { ServiceName, ServiceStatus } from '@supastor/contract/wire/service-status';
import { applyPlan } from '@supastor/core/stack/apply';
import { buildDesiredStack } from '@supastor/core/stack/desired';
import { type Plan, planStack, planTeardown } from '@supastor/core/stack/plan';
import { createTestConfig } from '@supastor/core/stack/testing/fixtures';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { createEmbeddedTarget, type EmbeddedTarget } from '../embedded-target.ts';
import { stackPaths } from '../files/paths.ts';
import { readState } from '../files/state-file.ts';

type Changes = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface TestStack {
  readonly dir: string;
  readonly target: EmbeddedTarget;
  readonly ports: Readonly<Record<'postgres' | 'storage' | 'meta' | 'admin', number>>;
  config(changes?: Changes): Config;
  plan(changes?: Changes): Promise<Plan>;
  up(changes?: Changes): Promise<Plan>;
  down(removeVolumes?: boolean): Promise<Plan>;
  status(name: ServiceName): Promise<ServiceStatus>;
  pid(name: ServiceName): Promise<number>;
  supervisorPid(): number;
  /** Makes a fixture misbehave (see fixture-service.ts). */
  tell(name: ServiceName, what: 'exits' | 'sick' | 'ignores-term'): Promise<void>;
  untell(name: ServiceName, what: 'exits' | 'sick' | 'ignores-term'): Promise<void>;
  until(name: ServiceName, state: ServiceStatus['state']): Promise<ServiceStatus>;
  destroy(): Promise<void>;
}

/** A real supervisor process with a real Postgres and fixture services, in a temp directory on free ports. */
export async function createTestStack(options: { readonly maxFileBytes?: number } = {}): Promise<TestStack> {
  const dir = await createTempDir('stack');
  await chmod(dir.path, 0o755);
  const ports = { postgres: await findFreePort(), storage: await findFreePort(), meta: await findFreePort(), admin: await findFreePort() };
  const paths = stackPaths(dir.path, 'default');
  const target = createEmbeddedTarget({
    paths,
    host: { uid: userInfo().uid, xdgRuntimeDir: undefined, tmpDir: tmpdir() },
    program: {
      nodePath: process.execPath,
      args: [join(import.meta.dirname, 'fixture-supervisor.ts'), dir.path, String(options.maxFileBytes ?? 1_000_000)],
      env: { PATH: '/usr/bin:/bin' },
    },
  });
  const config = (changes: Changes = {}) => createTestConfig(withPorts(ports, changes));
  const desired = (changes?: Changes) => buildDesiredStack(config(changes), 'default');
  const observeAndPlan = async (changes?: Changes) => planStack(desired(changes), await target.observe(desired(changes)));
  const stack: TestStack = {
    dir: dir.path,
    target,
    ports,
    config,
    plan: observeAndPlan,
    async up(changes) {
      const plan = await observeAndPlan(changes);
      await applyPlan(plan, target, { now: () => 0 });
      return plan;
    },
    async down(removeVolumes = false) {
      const plan = planTeardown({ project: 'demo', environment: 'default' }, await target.observe(null), { removeVolumes });
      await applyPlan(plan, target, { now: () => 0 });
      return plan;
    },
    async status(name) {
      const found = (await target.control.status()).find((status) => status.name === name);
      if (!found) throw new Error(`${name} has no status`);
      return found;
    },
    async pid(name) {
      const { pid } = await stack.status(name);
      if (pid === null) throw new Error(`${name} does not run`);
      return pid;
    },
    supervisorPid() {
      const pid = readState(paths.stateFile)?.supervisor?.pid;
      if (pid === undefined) throw new Error('no supervisor');
      return pid;
    },
    tell: (name, what) => writeFile(join(dir.path, `${name}-${what}`), ''),
    untell: (name, what) => rm(join(dir.path, `${name}-${what}`)),
    async until(name, state) {
      return poll(async () => {
        const status = await stack.status(name);
        return status.state === state ? status : null;
      }, `${name} to be ${state}`);
    },
    async destroy() {
      await stack.down();
      await dir.remove();
    },
  };
  return stack;
}

function withPorts(ports: TestStack['ports'], changes: Changes): Changes {
  const fast = { backoffInitialMs: 20, backoffMaxMs: 100, maxRestarts: 3 };
  return {
    ...changes,
    restart: { ...fast, ...changes['restart'] },
    postgres: { password: 'pg-password', storagePassword: 'storage-password', port: ports.postgres, ...changes['postgres'] },
    storage: { port: ports.storage, ...changes['storage'] },
    meta: { cryptoKey: 'crypto-key-0123456789', port: ports.meta, ...changes['meta'] },
    admin: {
      password: 'admin-password',
      sessionSecret: 'session-secret-0123456789-0123456789',
      port: ports.admin,
      ...changes['admin'],
    },
  };
}

/** Looks again and again until `look` finds something. */
export async function poll<T>(look: () => Promise<T | null>, what: string): Promise<T> {
  for (let attempt = 0; attempt < 600; attempt++) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}
