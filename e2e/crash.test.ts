import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listBlobFiles } from './harness/blob-files.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

const UPLOADS = 200;
const WRITERS = 8;
const BUCKET = 'crash';

let stack: Stack;
let access: StackAccess;

beforeAll(async () => {
  stack = await startStack();
  access = await stack.access();
  const response = await fetch(`${access.STORAGE_URL}/bucket`, {
    method: 'POST',
    headers: headers('application/json'),
    body: JSON.stringify({ name: BUCKET }),
  });
  expect(response.status).toBe(200);
}, 120_000);

afterAll(async () => {
  await stack.destroy();
}, 60_000);

test.each(['supervisor', 'postgres', 'storage', 'admin'])(
  'kill -9 of %s during uploads loses nothing that was acknowledged',
  async (victim) => {
    const acknowledged = new Map<string, string>();
    const writers = upload(victim, acknowledged);
    await until(() => acknowledged.size >= UPLOADS / 4);
    process.kill(await pidOf(victim), 'SIGKILL');
    await writers;
    expect(acknowledged.size).toBeGreaterThanOrEqual(UPLOADS / 4);

    await stack.up('--dev');
    access = await stack.access();
    for (const [path, expected] of acknowledged) expect(await readHash(path), path).toBe(expected);
    await expectRowsAndBytesToMatch();
  },
  180_000,
);

test('kill -9 of everything at once loses nothing that was acknowledged', async () => {
  const acknowledged = new Map<string, string>();
  const writers = upload('everything', acknowledged);
  await until(() => acknowledged.size >= UPLOADS / 4);
  for (const pid of [await pidOf('supervisor'), ...Object.values(await stack.pids())]) process.kill(pid, 'SIGKILL');
  await writers;

  await stack.up('--dev');
  access = await stack.access();
  for (const [path, expected] of acknowledged) expect(await readHash(path), path).toBe(expected);
  await expectRowsAndBytesToMatch();
}, 180_000);

/** Uploads `UPLOADS` objects with `WRITERS` writers; failures are expected while something is down, lost acknowledgements are not. */
async function upload(prefix: string, acknowledged: Map<string, string>): Promise<void> {
  let next = 0;
  const write = async () => {
    while (next < UPLOADS) {
      const index = next++;
      const path = `${prefix}/${index}.bin`;
      const body = randomBytes(2000 + (index % 7) * 30_000);
      const url = `${access.STORAGE_URL}/object/${BUCKET}/${path}`;
      const response = await fetch(url, {
        method: 'PUT',
        headers: headers('application/octet-stream'),
        body,
        signal: AbortSignal.timeout(30_000),
      }).catch(() => null);
      await response?.arrayBuffer().catch(() => null);
      if (response?.ok) acknowledged.set(path, sha256(body));
      else await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

async function readHash(path: string): Promise<string> {
  const response = await fetch(`${access.STORAGE_URL}/object/authenticated/${BUCKET}/${path}`, { headers: headers() });
  return sha256(Buffer.from(await response.arrayBuffer()));
}

/** No row without bytes, no bytes without a row. */
async function expectRowsAndBytesToMatch(): Promise<void> {
  const client = new Client({ connectionString: access.DB_URL });
  await client.connect();
  const { rows } = await client.query<{ version: string }>('select version from storage.objects').finally(() => client.end());
  const known = new Set(rows.map((row) => row.version));
  let files: string[] = [];
  await until(async () => {
    files = await listBlobFiles(stack.projectDir);
    return files.length === known.size;
  }, 60_000).catch(() => undefined);
  expect(
    files.filter((version) => !known.has(version)),
    'bytes without a row',
  ).toEqual([]);
  expect(
    [...known].filter((version) => !files.includes(version)),
    'rows without bytes',
  ).toEqual([]);
}

async function pidOf(victim: string): Promise<number> {
  if (victim !== 'supervisor') {
    const pid = (await stack.pids())[victim];
    if (pid === undefined) throw new Error(`no pid of ${victim}`);
    return pid;
  }
  const { stdout } = await stack.cli('status', '-o', 'json');
  const { supervisor }: { supervisor: { pid: number } } = JSON.parse(stdout);
  return supervisor.pid;
}

function headers(contentType?: string): Record<string, string> {
  return {
    authorization: `Bearer ${access.SERVICE_ROLE_KEY}`,
    'x-upsert': 'true',
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

async function until(met: () => boolean | Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error('the awaited condition was not met');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
