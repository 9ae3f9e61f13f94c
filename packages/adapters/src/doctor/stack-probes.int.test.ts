import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import type { ServiceStatus } from '@supastor/contract/wire/service-status';
import { configSchema } from '@supastor/contract/config/schema';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stackPaths, type StackPaths } from '../targets/embedded/files/paths.ts';
import { controlSocketPath } from '../targets/embedded/files/runtime-dir.ts';
import { writePlacement, writeState, type ProcessId } from '../targets/embedded/files/state-file.ts';
import { identifyProcess } from '../targets/embedded/process-identity.ts';
import { probePorts, probeSupervisor } from './stack-probes.ts';

const STORAGE: ServiceStatus = {
  name: 'storage',
  state: 'healthy',
  specHash: null,
  pid: 1,
  ports: { http: 21_999 },
  startedAt: null,
  restarts: 0,
  cpuCores: null,
  rssBytes: null,
  instances: [],
  detail: null,
};

let dir: TempDir;
let paths: StackPaths;
let server: Server | null;

beforeEach(async () => {
  dir = await createTempDir('dr');
  paths = stackPaths(dir.path, 'default');
  server = null;
  await mkdir(paths.stateDir, { recursive: true });
  writePlacement(paths.placementFile, { version: 1, runtimeDir: dir.path, volumes: {}, ports: {} });
});

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve())));
  await dir.remove();
});

const probe = () => probeSupervisor({ projectDir: dir.path, environment: 'default', uid: 1000, xdgRuntimeDir: undefined });
const leaveState = (supervisor: ProcessId | null) => writeState(paths.stateFile, { version: 1, supervisor, services: [] });

async function answer(services: readonly ServiceStatus[]): Promise<void> {
  const created = createServer(
    (_request, response) => void response.setHeader('content-type', 'application/json').end(JSON.stringify({ services })),
  );
  server = created;
  await new Promise<void>((resolve) => void created.listen(controlSocketPath(dir.path), resolve));
}

describe('probeSupervisor', () => {
  test('nothing was ever started', async () => {
    expect(await probe()).toEqual({ kind: 'absent' });
  });

  test('one that answers is running', async () => {
    await answer([STORAGE]);
    expect(await probe()).toEqual({ kind: 'running', services: [STORAGE] });
  });

  test('one that left properly is absent', async () => {
    leaveState(null);
    expect(await probe()).toEqual({ kind: 'absent' });
  });

  test('one that died is stale, and so is a socket nobody listens on', async () => {
    await writeFile(join(dir.path, 'control.sock'), '');
    expect(await probe()).toMatchObject({ kind: 'stale', detail: expect.stringContaining('control.sock') });
    leaveState({ pid: 999_999_999, startTime: '1' });
    expect(await probe()).toMatchObject({ kind: 'stale', detail: expect.stringContaining('999999999') });
  });

  test('one that lives but does not answer is unreachable', async () => {
    leaveState(identifyProcess(process.pid));
    expect(await probe()).toEqual({ kind: 'unreachable', pid: process.pid });
  });
});

describe('probePorts', () => {
  test('tells our ports, free ports and those of strangers apart', async () => {
    const [meta, postgres, admin] = [await findFreePort(), await findFreePort(), await findFreePort()];
    const stranger = createServer();
    await new Promise<void>((resolve) => void stranger.listen(admin, '127.0.0.1', resolve));
    const config = configSchema.parse({ meta: { port: meta }, postgres: { port: postgres }, admin: { port: admin } });
    const facts = await probePorts(config, { kind: 'running', services: [STORAGE] });
    await new Promise((resolve) => stranger.close(resolve));
    expect(facts).toEqual([
      { name: 'postgres', port: postgres, holder: 'nobody' },
      { name: 'storage', port: 21_999, holder: 'us' },
      { name: 'meta', port: meta, holder: 'nobody' },
      { name: 'admin', port: admin, holder: 'other' },
    ]);
  });
});
