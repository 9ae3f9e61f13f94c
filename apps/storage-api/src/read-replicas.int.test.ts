import { HeadObjectCommand, ListObjectsV2Command, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { createLogger, type Logger } from '@supastor/adapters/telemetry/logger';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { StorageClient } from '@supabase/storage-js';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStorageApi, type StorageApi } from './start.ts';
import { type FaultyLink, startFaultyLink } from './testing/faulty-link.ts';
import { s3Client, TEST_S3 } from './testing/s3.ts';
import { SERVICE_TOKEN, signToken, startTestServer, type TestServer } from './testing/server.ts';

const WAIT = { timeout: 60_000, interval: 50 };
const OWNER = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const WRITERS = 4;
const ROUNDS = 12;

let primary: TestServer;
let standby: TempPostgres;
let stranger: TempPostgres;
/** The way to the standby. */
let link: FaultyLink;
let api: StorageApi;
const lines: string[] = [];

/** A server that reads from a standby, from another cluster and from nothing at all. */
beforeAll(async () => {
  primary = await startTestServer({ s3: TEST_S3 });
  [standby, stranger] = await Promise.all([primary.postgres.createStandby(), startTempPostgres()]);
  link = await startFaultyLink(standby.port);
  const client = new Client({ connectionString: stranger.url });
  await client.connect();
  await client.query('create role supabase_storage_admin login').finally(() => client.end());
  api = await startStorageApi({
    ...primary.options,
    replicas: { urls: [loginUrl(link), loginUrl(stranger)], maxLagMs: 100 },
    logger: keptLogger(),
  });
  await primary.client().createBucket('box');
  await primary.sql(`create policy own on storage.objects for all to authenticated
    using (bucket_id = 'box' and owner_id = auth.uid()::text) with check (bucket_id = 'box')`);
}, 180_000);
afterAll(async () => {
  await api?.stop();
  await link?.stop();
  await standby?.stop();
  await stranger?.stop();
  await primary?.stop();
});

const keep = (fields: unknown, message?: string) => void lines.push(`${JSON.stringify(fields)} ${message}`);
const reasons = (port: number) => lines.filter((line) => line.includes(`127.0.0.1:${port}`)).join('\n');

function keptLogger(): Logger {
  const logger = createLogger({ service: 'storage', level: 'fatal' });
  return Object.assign(logger, { warn: keep, info: keep });
}

function loginUrl({ port }: { readonly port: number }): string {
  return `postgresql://supabase_storage_admin@127.0.0.1:${port}/postgres`;
}

const client = (token = SERVICE_TOKEN) => new StorageClient(`${api.url}/storage/v1`, { authorization: `Bearer ${token}` });

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${api.url}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1] ?? 0,
  );
}

const ofStandby = (name: string) => metric(`${name}{replica="127.0.0.1:${link.port}"}`);
const usable = () => ofStandby('storage_replica_usable');
const readsOfStandby = () => ofStandby('storage_replica_reads_total');

async function onStandby(text: string): Promise<unknown> {
  const connection = new Client({ connectionString: standby.url });
  await connection.connect();
  const { rows } = await connection.query<{ answer: unknown }>(text).finally(() => connection.end());
  return rows[0]?.answer;
}

async function pause(): Promise<void> {
  await onStandby('select pg_wal_replay_pause()::text as answer');
  await expect.poll(() => onStandby('select pg_get_wal_replay_pause_state() as answer'), WAIT).toBe('paused');
}

async function resume(): Promise<void> {
  await onStandby('select pg_wal_replay_resume()::text as answer');
}

async function names(folder: string, token = SERVICE_TOKEN): Promise<string[]> {
  const { data, error } = await client(token).from('box').list(folder, { limit: 1000 });
  if (error !== null) throw error;
  return data.map(({ name }) => name);
}

/** Each writer looks at its folder after each write and removal, and through every door. */
async function writeAndLook(folder: string): Promise<string[]> {
  const wrong: string[] = [];
  const s3 = s3Client(`${api.url}/s3`);
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [key, before] = [`${folder}/${round}`, `${folder}/${round - 1}`];
      await ok(primary.client().from('box').upload(key, `content ${round}`));
      if (round > 0) await ok(client().from('box').remove([before]));
      const [listed, v2, s3Listed, versions, info, head] = await Promise.all([
        names(folder),
        client()
          .from('box')
          .listV2({ prefix: `${folder}/` }),
        s3.send(new ListObjectsV2Command({ Bucket: 'box', Prefix: `${folder}/` })),
        s3.send(new ListObjectVersionsCommand({ Bucket: 'box', Prefix: `${folder}/` })),
        client().from('box').info(key),
        s3.send(new HeadObjectCommand({ Bucket: 'box', Key: key })).catch(() => null),
      ]);
      const seen = {
        list: listed,
        v2: v2.data?.objects.map(({ name }) => name.slice(folder.length + 1)),
        s3: s3Listed.Contents?.map(({ Key }) => Key?.slice(folder.length + 1)),
        versions: versions.Versions?.map(({ Key }) => Key?.slice(folder.length + 1)),
      };
      for (const [door, found] of Object.entries(seen)) if (found?.join() !== String(round)) wrong.push(`${key} ${door}: ${found?.join()}`);
      if (info.data === null || head === null) wrong.push(`${key}: not there`);
    }
  } finally {
    s3.destroy();
  }
  return wrong;
}

async function ok(answer: Promise<{ readonly error: Error | null }>): Promise<void> {
  const { error } = await answer;
  if (error !== null) throw error;
}

async function writeAtOnce(name: string): Promise<string[]> {
  const found = await Promise.all(Array.from({ length: WRITERS }, (_, index) => writeAndLook(`${name}-${index}`)));
  return found.flat();
}

test('what any server acknowledged is in every list, and a standby answers', async () => {
  await expect.poll(usable, WAIT).toBe(1);
  const before = await readsOfStandby();
  expect(await writeAtOnce('steady')).toEqual([]);
  expect(await readsOfStandby()).toBeGreaterThan(before);
}, 120_000);

test('no list is stale while replay pauses and goes on, and afterwards the standby answers again', async () => {
  const over = new AbortController();
  const changing = (async () => {
    while (!over.signal.aborted) {
      await pause();
      await resume();
    }
  })();
  try {
    expect(await writeAtOnce('pausing')).toEqual([]);
  } finally {
    over.abort();
    await changing;
  }
  await expect.poll(usable, WAIT).toBe(1);
  const before = await readsOfStandby();
  await expect.poll(async () => (await names('pausing-0')).length > 0 && (await readsOfStandby()) > before, WAIT).toBe(true);
}, 180_000);

test('while replay stands still the primary answers, and the lag is told', async () => {
  await pause();
  try {
    await ok(client().from('box').upload('still/first', 'content'));
    expect(await names('still')).toEqual(['first']);
    await expect.poll(usable, WAIT).toBe(0);
    expect(await ofStandby('storage_replica_lag_bytes')).toBeGreaterThan(0);
    const before = await readsOfStandby();
    expect(await names('still')).toEqual(['first']);
    expect(await readsOfStandby()).toBe(before);
  } finally {
    await resume();
  }
  await expect.poll(usable, WAIT).toBe(1);
}, 120_000);

test('policies hold on the standby as on the primary', async () => {
  const owner = signToken({ role: 'authenticated', sub: OWNER });
  const other = signToken({ role: 'authenticated', sub: 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' });
  await ok(client(owner).from('box').upload('own/file', 'content'));
  const before = await readsOfStandby();
  await expect.poll(async () => [await names('own', owner), (await readsOfStandby()) > before], WAIT).toEqual([['file'], true]);
  const between = await readsOfStandby();
  await expect.poll(async () => [await names('own', other), (await readsOfStandby()) > between], WAIT).toEqual([[], true]);
  const infos = await Promise.all([owner, other].map((token) => client(token).from('box').info('own/file')));
  expect(infos.map(({ data }) => data?.name)).toEqual(['own/file', undefined]);
}, 120_000);

test('requests that a silent standby holds are answered by the primary', async () => {
  await ok(client().from('box').upload('silent/file', 'content'));
  const over = new AbortController();
  const asking = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!over.signal.aborted) expect(await names('silent')).toEqual(['file']);
    }),
  );
  try {
    link.set('stalled');
    await expect.poll(usable, WAIT).toBe(0);
    await expect.poll(() => reasons(link.port), WAIT).toContain('"reason":"unreachable"');
    expect(await names('silent')).toEqual(['file']);
  } finally {
    link.set('up');
    over.abort();
  }
  await asking;
  await expect.poll(usable, WAIT).toBe(1);
}, 120_000);

test('no request fails when the standby is killed, and it is read from once it is back', async () => {
  await ok(client().from('box').upload('killed/file', 'content'));
  const over = new AbortController();
  const asking = Promise.all(
    Array.from({ length: 8 }, async () => {
      let count = 0;
      for (; !over.signal.aborted; count += 1) expect(await names('killed')).toEqual(['file']);
      return count;
    }),
  );
  try {
    process.kill(standby.pid, 'SIGKILL');
    await expect.poll(usable, WAIT).toBe(0);
    await standby.restart();
    await expect.poll(usable, WAIT).toBe(1);
  } finally {
    over.abort();
  }
  expect((await asking).every((count) => count > 0)).toBe(true);
  const before = await readsOfStandby();
  await expect.poll(async () => (await names('killed')).length === 1 && (await readsOfStandby()) > before, WAIT).toBe(true);
}, 180_000);

test('another cluster and a standby that was promoted are refused, with a reason', async () => {
  expect(reasons(stranger.port)).toContain('"reason":"other-cluster"');
  expect(await metric(`storage_replica_usable{replica="127.0.0.1:${stranger.port}"}`)).toBe(0);
  expect(await metric(`storage_replica_reads_total{replica="127.0.0.1:${stranger.port}"}`)).toBe(0);
  await onStandby('select pg_promote() as answer');
  await ok(client().from('box').upload('promoted/file', 'content'));
  expect(await names('promoted')).toEqual(['file']);
  await expect.poll(() => reasons(link.port), WAIT).toContain('"reason":"promoted"');
  await expect.poll(usable, WAIT).toBe(0);
  expect(await names('promoted')).toEqual(['file']);
}, 120_000);
