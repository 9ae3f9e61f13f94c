import { createHash, randomBytes } from 'node:crypto';
import { copyFile, cp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StorageClient } from '@supabase/storage-js';
import { layoutOf } from '@supastor/adapters/backups/layout';
import { DAMAGES } from '@supastor/adapters/backups/testing/damages';
import { BACKUP_PIN } from '@supastor/contract/wire/backup';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listBlobFiles } from './harness/blob-files.ts';
import { createStack, type Stack, type StackAccess } from './harness/stack.ts';
import { startReplica, type StorageReplica } from './harness/storage-replica.ts';
import { startWriters, type StorageWriters } from './harness/storage-writers.ts';

const BUCKET = 'box';
const WRITERS = 8;
const KEPT = 20;
const POLL = { timeout: 60_000, interval: 100 };

let destination: TempDir;
let source: Stack;
let restored: Stack;
let replica: StorageReplica;
let writers: StorageWriters;
/** Written before the backup and left alone since. */
const kept = new Map<string, string>();
let backupId: string;
let olderId: string;

beforeAll(async () => {
  destination = await createTempDir('e2e-backups');
  const env = { SUPASTOR_BACKUPS_DESTINATION: destination.path };
  source = await createStack({ env });
  restored = await createStack({ env });
  await source.up('--dev');
}, 240_000);

afterAll(async () => {
  await writers?.stop();
  await replica?.end('SIGTERM');
  await source?.destroy();
  await restored?.destroy();
  await destination?.remove();
}, 60_000);

const clientOf = ({ STORAGE_URL, SERVICE_ROLE_KEY }: StackAccess, url = STORAGE_URL) =>
  new StorageClient(url, { authorization: `Bearer ${SERVICE_ROLE_KEY}` });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function query(access: StackAccess, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: access.DB_URL });
  await client.connect();
  return client
    .query<Record<string, unknown>>(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

/** SHA-256 of what is read, through the protocol. */
async function download(access: StackAccess, path: string): Promise<string> {
  const { data, error } = await clientOf(access).from(BUCKET).download(path);
  if (data === null) throw error;
  return sha256(new Uint8Array(await data.arrayBuffer()));
}

async function backups(stack: Stack, ...args: readonly string[]) {
  const { code, stdout, stderr } = await stack.cli('backups', ...args, '-o', 'json');
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

test('a backup is made while eight writers go on and another server removes what they replace at once', async () => {
  const access = await source.access();
  const { storage = 0 } = await source.pids();
  replica = await startReplica(storage, { SUPASTOR_RETIRED_GRACE_SECONDS: '1', SUPASTOR_COLLECT_PERIOD_MS: '100' });
  const clients = [clientOf(access), clientOf(access, `http://127.0.0.1:${replica.port}`)];
  const [first = clientOf(access)] = clients;
  await query(
    access,
    'create table public.notes (text text); create policy mine on storage.objects for select to authenticated using (true)',
  );
  expect((await first.createBucket(BUCKET)).error).toBeNull();
  for (let index = 0; index < KEPT; index += 1) {
    const body = randomBytes(1000 + index);
    expect((await first.from(BUCKET).upload(`kept/${index}`, body)).error).toBeNull();
    kept.set(`kept/${index}`, sha256(body));
  }
  writers = startWriters(clients, BUCKET, WRITERS);
  await expect.poll(() => writers.count(), POLL).toBeGreaterThan(100);
  olderId = (await backups(source, 'create')).result.id;
  const before = writers.count();
  const { result } = await backups(source, 'create');
  expect(writers.count()).toBeGreaterThan(before);
  backupId = result.id;
  expect(result.unavailable).toBe(0);
  expect(result.objects).toBeGreaterThan(KEPT);
  expect((await first.from(BUCKET).upload('after', 'the backup')).error).toBeNull();
}, 240_000);

test('a server that is killed while it makes a backup leaves no harm, and the job goes on elsewhere', async () => {
  const { id: jobId } = await backups(source, 'create', '--no-wait');
  const layout = layoutOf(destination.path);
  const unfinished = async () => (await readdir(layout.backups)).filter((id) => id > backupId);
  await expect.poll(unfinished, POLL).not.toEqual([]);
  const { admin = 0 } = await source.pids();
  process.kill(admin, 'SIGKILL');
  await writers.stop();
  const job = async () => {
    const { stdout } = await source.cli('jobs', 'get', jobId, '-o', 'json');
    return stdout === '' ? null : JSON.parse(stdout).state;
  };
  await expect.poll(job, POLL).toBe('done');
  const { backups: listed } = await backups(source, 'list');
  expect(listed.map(({ state }: { state: string }) => state)).toEqual(['complete', 'complete', 'complete']);
  expect(await readdir(layout.incoming)).toEqual([]);
  const access = await source.access();
  const pins = () => query(access, `select 1 from pg_locks where classid = ${BACKUP_PIN.space} and objid = ${BACKUP_PIN.key}`);
  await expect.poll(pins, POLL).toEqual([]);
  // Nothing is kept back any more: the server that does not wait removes what was replaced.
  await expect.poll(() => query(access, 'select 1 from storage.retired_blobs limit 1'), POLL).toEqual([]);
}, 240_000);

test('it is restored into a fresh project: every row has its bytes, and there are no others', async () => {
  for (const name of ['.env', 'supastor.config.yaml']) await copyFile(join(source.projectDir, name), join(restored.projectDir, name));
  const { objects, manifest } = await backups(restored, 'restore', backupId);
  expect(manifest.id).toBe(backupId);
  await restored.up('--dev');
  const access = await restored.access();
  const rows = await query(access, `select name, version, sha256 from storage.objects where bucket_id = '${BUCKET}'`);
  expect(rows).toHaveLength(objects);
  for (const { version, sha256: expected } of rows) {
    const path = join(restored.projectDir, '.supastor/default/objects/blobs', String(version).slice(-2), String(version));
    expect(sha256(await readFile(path))).toBe(expected);
  }
  expect((await listBlobFiles(restored.projectDir)).toSorted()).toEqual(rows.map(({ version }) => String(version)).toSorted());

  const found = new Map(rows.map(({ name, sha256: hash }) => [String(name), String(hash)]));
  for (const [name, hash] of kept) expect(found.get(name), name).toBe(hash);
  const isWritten = ([name, hash]: [string, string]) => kept.has(name) || writers.history.get(name)?.has(hash) === true;
  expect([...found].filter((row) => !isWritten(row))).toEqual([]);
  expect(found.has('after')).toBe(false);

  expect(await download(access, 'kept/3')).toBe(kept.get('kept/3'));
  expect(await query(access, "select 1 as there from pg_policies where policyname = 'mine'")).toEqual([{ there: 1 }]);
  expect(await query(access, 'select count(*)::int as notes from public.notes')).toEqual([{ notes: 0 }]);
  expect((await clientOf(access).from(BUCKET).upload('new', 'life goes on')).error).toBeNull();
  const again = await backups(restored, 'create');
  expect(again.result.unavailable).toBe(0);
  const running = await restored.cli('backups', 'restore', backupId, '--yes');
  expect(running).toMatchObject({ code: 6, stderr: expect.stringContaining('supastor down') });
}, 240_000);

const isData = (name: string) => /^(?:postgres|objects)/.test(name);

/** Names, sizes and times of everything the stack keeps. */
async function traces(stack: Stack): Promise<readonly string[]> {
  const root = join(stack.projectDir, '.supastor/default');
  const names = await readdir(root, { recursive: true });
  return Promise.all(
    names
      .filter(isData)
      .toSorted()
      .map(async (name) => {
        const { size, mtimeMs, ino } = await stat(join(root, name));
        return `${name} ${size} ${mtimeMs} ${ino}`;
      }),
  );
}

test('backups that are damaged in any of twenty ways are refused before anything is touched', async () => {
  expect(DAMAGES.length).toBeGreaterThanOrEqual(20);
  expect((await restored.cli('down')).code).toBe(0);
  const { backups: offline } = await backups(restored, 'list', '--from', destination.path);
  expect(offline.map(({ id }: { id: string }) => id)).toContain(backupId);
  const before = await traces(restored);
  const root = join(destination.path, 'damaged');
  for (const [name, damage] of DAMAGES) {
    await cp(layoutOf(destination.path).root, layoutOf(root).root, { recursive: true });
    await damage({ layout: layoutOf(root), id: backupId, otherId: olderId });
    const { code, stderr } = await restored.cli('backups', 'restore', backupId, '--from', root, '--yes');
    expect({ name, code, stderr }).toEqual({ name, code: 10, stderr: expect.stringContaining('SJ_BACKUP_DAMAGED') });
    await rm(root, { recursive: true });
  }
  expect(await traces(restored)).toEqual(before);
}, 240_000);

test('a restore keeps what was there aside, and a whole backup is taken after all the damaged ones', async () => {
  const { keptAside } = await backups(restored, 'restore', olderId, '--yes');
  expect(keptAside).toHaveLength(2);
  for (const path of keptAside) expect((await stat(path)).isDirectory()).toBe(true);
  await restored.up('--dev');
  expect(await download(await restored.access(), 'kept/7')).toBe(kept.get('kept/7'));
}, 240_000);
