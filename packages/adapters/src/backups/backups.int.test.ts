import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACKUP_PIN } from '@supastor/contract/wire/backup';
import type { BlobSource } from '@supastor/core/backups/blob-source.port';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBackup } from './create-backup.ts';
import { type Layout, layoutOf } from './layout.ts';
import { DAMAGES } from './testing/damages.ts';
import { removeBackups } from './remove-backups.ts';
import { verifyBackup } from './verify-backup.ts';

let postgres: TempPostgres;
let sql: Client;
let dir: TempDir;
let layout: Layout;
let stored: Map<string, Buffer>;

/** What a storage server has of this. */
const SCHEMA = `
  create schema storage;
  create table storage.objects (version text collate "C" primary key, size_bytes bigint, sha256 text);
  create table storage.retired_blobs (version text collate "C" primary key, size_bytes bigint, retired_at timestamptz default now());
  create view storage.blob_references as select version, 'object' as kind, size_bytes, sha256 from storage.objects;`;

beforeAll(async () => {
  postgres = await startTempPostgres();
  sql = new Client({ connectionString: postgres.url });
  await sql.connect();
  await sql.query(SCHEMA);
}, 60_000);
afterAll(async () => {
  await sql?.end();
  await postgres?.stop();
});
beforeEach(async () => {
  dir = await createTempDir('backups');
  layout = layoutOf(dir.path);
  stored = new Map();
  await sql.query('truncate storage.objects, storage.retired_blobs');
  return () => dir.remove();
});

const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function store(bytes: Buffer, facts: { readonly sha256?: string | null } = {}): Promise<string> {
  const version = randomUUID();
  stored.set(version, bytes);
  const sha256 = facts.sha256 === undefined ? hash(bytes) : facts.sha256;
  await sql.query('insert into storage.objects values ($1, $2, $3)', [version, bytes.length, sha256]);
  return version;
}

const source: BlobSource = {
  async open(version) {
    const bytes = stored.get(version);
    return bytes === undefined ? null : pieces(bytes);
  },
};

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

const options = () => ({
  destination: dir.path,
  databaseUrl: postgres.url,
  source,
  project: 'test',
  environment: 'default',
  signal: new AbortController().signal,
  onProgress: async () => {},
});
const verifyOptions = { signal: new AbortController().signal, onProgress: async () => {} };
const breakPin = async () =>
  void (await sql.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'supastor backup pin'"));
const create = (overrides: Partial<ReturnType<typeof options>> = {}) => createBackup({ ...options(), ...overrides });
const verify = (id: string) => verifyBackup(layout, id, verifyOptions);
const backups = () => readdir(layout.backups);

describe('making a backup', () => {
  it('holds every version that rows name, byte for byte, for its owner only', async () => {
    const bodies = [randomBytes(5000), Buffer.alloc(0), randomBytes(1)];
    const versions: string[] = [];
    for (const body of bodies) versions.push(await store(body));
    const manifest = await create();
    expect(manifest.blobs).toEqual({ count: 3, bytes: 5001, added: 3, addedBytes: 5001, unavailable: 0 });
    for (const [index, version] of versions.entries()) expect(await readFile(layout.blob(version))).toEqual(bodies[index]);
    expect(await verify(manifest.id)).toEqual(manifest);
    const modes = await Promise.all([layout.root, layout.backup(manifest.id), layout.blob(versions[0] ?? '')].map((path) => stat(path)));
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '700', '600']);
    expect((await readdir(layout.backup(manifest.id))).toSorted()).toEqual([
      'backup_manifest',
      'base.tar.zst',
      'blobs.tsv',
      'manifest.json',
    ]);
  });

  it('copies a version once, however many backups name it', async () => {
    await store(randomBytes(3000));
    await store(randomBytes(10), { sha256: null });
    await create();
    await store(randomBytes(500));
    const second = await create();
    expect(second.blobs).toEqual({ count: 3, bytes: 3510, added: 1, addedBytes: 500, unavailable: 0 });
    await verify(second.id);
  });

  it('holds replaced versions that are still there, and passes over those that were removed', async () => {
    const [there, gone] = [randomUUID(), randomUUID()];
    stored.set(there, Buffer.from('old'));
    for (const version of [there, gone]) await sql.query('insert into storage.retired_blobs (version) values ($1)', [version]);
    const { blobs } = await create();
    expect(blobs).toMatchObject({ count: 1, unavailable: 0 });
  });

  it('says which versions the store itself has lost or damaged, and is a backup of the rest', async () => {
    const lost = await store(randomBytes(10));
    stored.delete(lost);
    const damaged = await store(randomBytes(10));
    stored.set(damaged, randomBytes(10));
    await sql.query("insert into storage.objects values ('../../etc/passwd', 1, null)");
    await store(randomBytes(7));
    const { id, blobs } = await create();
    expect(blobs).toMatchObject({ count: 1, bytes: 7, unavailable: 3 });
    await verify(id);
    expect(await readdir(layout.incoming)).toEqual([]);
  });

  it('keeps the bytes for as long as it runs, and is the only one', async () => {
    await store(randomBytes(10));
    const seen: unknown[] = [];
    const onProgress = async () => {
      const { rows } = await sql.query('select count(*)::int as held from pg_locks where classid = $1 and objid = $2', [
        BACKUP_PIN.space,
        BACKUP_PIN.key,
      ]);
      seen.push(rows[0]?.held);
      if (seen.length === 1) await expect(create()).rejects.toMatchObject({ code: 'SJ_LOCKED' });
    };
    await create({ onProgress });
    expect(new Set(seen)).toEqual(new Set([1]));
    expect(await backups()).toHaveLength(1);
  });

  it('ends when the connection that keeps the bytes breaks, and leaves nothing that counts', async () => {
    await store(randomBytes(10));
    await expect(create({ onProgress: breakPin })).rejects.toMatchObject({ code: 'SJ_DATABASE_UNREACHABLE' });
    const [id = ''] = await backups();
    await expect(verify(id)).rejects.toMatchObject({ code: 'SJ_BACKUP_DAMAGED' });
    const { id: next } = await create();
    expect(await backups()).toEqual([next]);
  });

  it('ends when it is cancelled, and the next one removes what it left', async () => {
    await store(randomBytes(10));
    const cancelling = new AbortController();
    const reason = new Error('enough');
    const cancel = async () => cancelling.abort(reason);
    await expect(create({ signal: cancelling.signal, onProgress: cancel })).rejects.toBe(reason);
    const manifest = await create();
    expect(await backups()).toEqual([manifest.id]);
    await verify(manifest.id);
  });

  it('leaves backups of another database alone', async () => {
    await create();
    const other = await startTempPostgres();
    try {
      await expect(create({ databaseUrl: other.url })).rejects.toMatchObject({ code: 'SJ_CONFLICT' });
    } finally {
      await other.stop();
    }
  });

  it('says that a database without our storage server cannot be backed up', async () => {
    const databaseUrl = await postgres.createDatabase('strange');
    await expect(create({ databaseUrl })).rejects.toMatchObject({ code: 'SJ_TARGET_UNSUPPORTED' });
  });

  it('says what a role without the right to copy a cluster needs', async () => {
    await sql.query('create role plain login');
    const databaseUrl = postgres.url.replace('postgres@', 'plain@');
    await expect(create({ databaseUrl })).rejects.toMatchObject({
      code: 'SJ_DATABASE_UNREACHABLE',
      hint: expect.stringContaining('REPLICATION'),
    });
  });
});

describe('removing backups', () => {
  it('removes the bytes that no other backup names, and no others', async () => {
    const shared = await store(randomBytes(10));
    const old = await store(randomBytes(10));
    const first = await create();
    await sql.query('delete from storage.objects where version = $1', [old]);
    const second = await create();
    expect(await removeBackups(layout, [first.id])).toEqual({ ids: [first.id], blobs: 1 });
    await expect(stat(layout.blob(old))).rejects.toMatchObject({ code: 'ENOENT' });
    await stat(layout.blob(shared));
    await verify(second.id);
  });

  it('refuses while another backup cannot say what it needs', async () => {
    await store(randomBytes(10));
    const first = await create();
    const second = await create();
    await writeFile(join(layout.backup(second.id), 'blobs.tsv'), '');
    await expect(removeBackups(layout, [first.id])).rejects.toMatchObject({ code: 'SJ_BACKUP_DAMAGED' });
    await verify(first.id);
    await expect(removeBackups(layout, ['20200101T000000Z-00000000'])).rejects.toMatchObject({ code: 'SJ_NOT_FOUND' });
  });
});

it.each(DAMAGES)('a damaged backup is refused, naming what is wrong: %s', async (_, damage) => {
  for (let count = 0; count < 3; count += 1) await store(randomBytes(50));
  const { id: otherId } = await create();
  const { id } = await create();
  await damage({ layout, id, otherId });
  await expect(verify(id)).rejects.toMatchObject({ code: 'SJ_BACKUP_DAMAGED', meta: { backup: id, file: expect.any(String) } });
});
