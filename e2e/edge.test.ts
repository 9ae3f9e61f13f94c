import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { StorageClient } from '@supabase/storage-js';
import type { EdgeServers } from '@supastor/core/stack/edge/edge-options';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConstantLoad } from './harness/constant-load.ts';
import { type Haproxy, LACKS_HAPROXY, startHaproxy } from './harness/haproxy.ts';
import { runAcceptance } from './harness/run-acceptance.ts';
import { createStack, freePorts, type Stack, type StackAccess } from './harness/stack.ts';
import { startReplica, type StorageReplica } from './harness/storage-replica.ts';

const WAIT = { timeout: 60_000, interval: 100 };
/** Requests before and after something is done to a server. */
const SOME = 60;
const PREFIX = '/files';

let dir: TempDir;
let stack: Stack;
let access: StackAccess;
let edge: Haproxy;
let replicas: StorageReplica[];
let url: string;
let storage: StorageClient;

describe.skipIf(LACKS_HAPROXY !== null)('behind the edge', () => {
  /** A whole stack and two more storage servers beside its own, all behind HAProxy at a URL with a path. */
  beforeAll(async () => {
    dir = await createTempDir('edge');
    const [http, health] = [await findFreePort(), await findFreePort()];
    const publicUrl = `http://127.0.0.1:${http}${PREFIX}`;
    const ports = await freePorts();
    stack = await createStack({ env: { ...ports, STORAGE_PUBLIC_URL: publicUrl } });
    await stack.up('--dev');
    access = await stack.access();
    const { storage: pid = 0 } = await stack.pids();
    replicas = [await startReplica(pid), await startReplica(pid)];
    const servers = [Number(ports['SUPASTOR_STORAGE_PORT']), ...replicas.map(({ port }) => port)];
    edge = await startHaproxy(
      {
        ports: { http, health },
        storage: fixed(servers),
        admin: fixed([Number(ports['SUPASTOR_ADMIN_PORT'])]),
        publicUrl,
        trustedProxies: [],
      },
      dir.path,
    );
    url = `${publicUrl}/storage/v1`;
    storage = new StorageClient(url, { authorization: `Bearer ${access.SERVICE_ROLE_KEY}` });
    await storage.createBucket('load', { public: true });
  }, 240_000);

  afterAll(async () => {
    await edge?.stop();
    for (const replica of replicas ?? []) await replica.end('SIGKILL');
    await stack?.destroy();
    await dir?.remove();
  }, 60_000);

  test('clients of every kind are served: REST, S3, resumable uploads, pictures', async () => {
    const { code, lines, mishaps } = await runAcceptance({ ...access, STORAGE_URL: url, STORAGE_S3_URL: `${url}/s3` });
    expect(mishaps.filter((line) => !line.startsWith('skipped:'))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^[1-9]\d+ passed, 0 failed/);
    expect(code).toBe(0);
  }, 300_000);

  test('the console and its live connection come through at the root', async () => {
    const origin = new URL(url).origin;
    const page = await fetch(origin, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const login = await fetch(`${origin}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: access.ADMIN_EMAIL, password: access.ADMIN_PASSWORD }),
    });
    const token = /"token":"([^"]+)"/.exec(await login.text())?.[1] ?? 'none';
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } });
    await once(socket, 'message');
    socket.close();
  });

  test('a body far larger than any buffer streams through in both directions', async () => {
    const bytes = randomBytes(32 * 1024 * 1024);
    const { error } = await storage.from('load').upload('large.bin', bytes);
    expect(error).toBeNull();
    const back = await fetch(storage.from('load').getPublicUrl('large.bin').data.publicUrl);
    expect(sha256(new Uint8Array(await back.arrayBuffer()))).toBe(sha256(bytes));
  }, 120_000);

  test('a server that is killed under load costs no request that changes nothing, and no upload that was acknowledged', async () => {
    const [victim] = replicas;
    await storage.from('load').upload('read', 'the same for all');
    const address = storage.from('load').getPublicUrl('read').data.publicUrl;
    const reads = new ConstantLoad(6, async (number) => {
      if (number % 3 === 0) {
        const { data, error } = await storage.from('load').list('', { limit: 10 });
        if (error !== null || !data.some(({ name }) => name === 'read')) throw new Error(`listing: ${error?.message ?? 'incomplete'}`);
        return;
      }
      const response = await fetch(address);
      const text = await response.text();
      if (text !== 'the same for all') throw new Error(`${response.status} ${text.slice(0, 100)}`);
    });
    const acknowledged: number[] = [];
    const writes = new ConstantLoad(2, async (number) => {
      const { error } = await storage.from('load').upload(`written/${number}`, `content ${number}`);
      if (error === null) acknowledged.push(number);
    });
    await expect.poll(() => reads.done, WAIT).toBeGreaterThan(SOME);
    await victim?.end('SIGKILL');
    const [readBefore, writtenBefore] = [reads.done, acknowledged.length];
    await expect.poll(() => reads.done - readBefore, WAIT).toBeGreaterThan(SOME);
    await expect.poll(() => acknowledged.length - writtenBefore, WAIT).toBeGreaterThan(SOME / 6);
    await Promise.all([reads.stop(), writes.stop()]);
    expect(reads.failures).toEqual([]);
    const lost: number[] = [];
    for (const number of acknowledged) {
      const { data } = await storage.from('load').download(`written/${number}`);
      if ((await data?.text()) !== `content ${number}`) lost.push(number);
    }
    expect(lost).toEqual([]);
  }, 180_000);
});

/** Servers on these ports of loopback. */
function fixed(ports: readonly number[]): EdgeServers {
  return { kind: 'fixed', servers: ports.map((port) => ({ host: '127.0.0.1', port })) };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
