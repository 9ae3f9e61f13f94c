import { randomUUID } from 'node:crypto';
import { batchResponseSchema } from '@supastor/contract/wire/batch';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

let storage: StorageProcess;
let replicas: readonly [AdminHarness, AdminHarness];
let token: string;
let sql: Client;

beforeAll(async () => {
  storage = await startStorageProcess();
  const start = () => startAdminHarness(storage.forAdmin);
  replicas = [await start(), await start()];
  token = await replicas[0].login();
  sql = new Client({ connectionString: storage.databaseUrl });
  await sql.connect();
});
afterAll(async () => {
  await sql.end();
  await Promise.all(replicas.map((replica) => replica.stop()));
  await storage.stop();
});

const create = (replica: 0 | 1, name: string, key: string) =>
  replicas[replica].call('POST', '/api/v1/buckets', { token, body: { name }, headers: { 'idempotency-key': key } });

describe('idempotency keys', () => {
  it('run a change once, and answer a repetition on any replica with the first answer', async () => {
    const key = randomUUID();
    const name = `once-${key}`;
    const first = await create(0, name, key);
    expect(first).toMatchObject({ status: 200, body: { name } });
    const again = await create(1, name, key);
    expect(again.body).toEqual(first.body);
    expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
    expect((await create(0, name, randomUUID())).status).toBe(409);
    const { rows } = await sql.query("select 1 from supastor.audit_log where kind = 'intent' and resource = $1", [`bucket/${name}`]);
    expect(rows).toHaveLength(2);
  });

  it('let one of many simultaneous requests through', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => create(index % 2 === 0 ? 0 : 1, `race-${key}`, key)));
    const fresh = answers.filter(({ status, headers }) => status === 200 && headers.get('idempotency-replayed') === null);
    expect(fresh).toHaveLength(1);
    for (const { status, headers } of answers) {
      expect([200, 409]).toContain(status);
      if (status === 409) expect(headers.get('retry-after')).toBe('1');
    }
  });

  it('refuse another input under the same key', async () => {
    const key = randomUUID();
    await create(0, `first-${key}`, key);
    expect(await create(1, `second-${key}`, key)).toMatchObject({ status: 422, body: { code: 'SJ_IDEMPOTENCY_REUSED' } });
  });

  it('keep a refusal that is final, and forget one that came before anything was done', async () => {
    const [kept, free] = [randomUUID(), randomUUID()];
    const name = `taken-${kept}`;
    await create(0, name, randomUUID());
    const refusal = await create(0, name, kept);
    expect(refusal.status).toBe(409);
    await replicas[0].call('DELETE', `/api/v1/buckets/${name}`, { token });
    expect((await create(1, name, kept)).body).toEqual(refusal.body);
    expect((await create(0, 'no/slash', free)).status).toBe(400);
    expect((await create(0, `free-${free}`, free)).status).toBe(200);
  });

  it('say that the answer is lost when the server that ran the first request died', async () => {
    const key = randomUUID();
    await create(0, `dead-${key}`, key);
    await sql.query("update supastor.idempotency_keys set answer = null, owner = 'a process that is gone'");
    const { status, body } = await create(1, `dead-${key}`, key);
    expect([status, body.code]).toEqual([409, 'SJ_CONFLICT']);
    expect(body.detail).toContain('may or may not');
  });

  it('end after a day', async () => {
    const key = randomUUID();
    await create(0, `old-${key}`, key);
    await sql.query("update supastor.idempotency_keys set expires_at = now() - interval '1 second'");
    expect((await create(0, `new-${key}`, key)).status).toBe(200);
  });

  it('keep secrets sealed in the database', async () => {
    const { body } = await replicas[0].call('POST', '/api/v1/api-keys', {
      token,
      body: { name: 'ci', permissions: ['buckets:read'] },
      headers: { 'idempotency-key': randomUUID() },
    });
    expect(body.secret).toMatch(/^sst_/);
    const { rows } = await sql.query('select * from supastor.idempotency_keys');
    expect(JSON.stringify(rows)).not.toContain(body.secret);
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(body.secret).toString('base64').slice(4, 20));
  });

  it.each(['', 'with space', 'ü', 'x'.repeat(256)])('refuse the malformed key %j', async (key) => {
    const headers = { 'idempotency-key': encodeURIComponent(key) === key || key.includes(' ') ? key : 'ü' };
    const { status } = await replicas[0].call('POST', '/api/v1/buckets', { token, body: { name: 'never' }, headers });
    expect(status).toBe(400);
  });
});

describe('entity tags', () => {
  it('answer 304 to who has the resource already', async () => {
    const [first, second] = replicas;
    await first.call('POST', '/api/v1/buckets', { token, body: { name: 'tagged' } });
    const { headers } = await first.call('GET', '/api/v1/buckets/tagged', { token });
    const etag = headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{27}"$/);
    const again = await second.call('GET', '/api/v1/buckets/tagged', { token, headers: { 'if-none-match': `"other", W/${etag}` } });
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', etag]);
  });

  it('let a change through only while they match, and the answer carries the next one', async () => {
    const [first] = replicas;
    await first.call('POST', '/api/v1/buckets', { token, body: { name: 'matched' } });
    const read = await first.call('GET', '/api/v1/buckets/matched', { token });
    const change = (etag: string, isPublic: boolean) =>
      first.call('PATCH', '/api/v1/buckets/matched', { token, body: { public: isPublic }, headers: { 'if-match': etag } });
    const changed = await change(read.headers.get('etag') ?? '', true);
    expect(changed.status).toBe(200);
    expect(await change(read.headers.get('etag') ?? '', false)).toMatchObject({ status: 412, body: { code: 'SJ_PRECONDITION_FAILED' } });
    expect((await change(changed.headers.get('etag') ?? '', false)).status).toBe(200);
    expect((await first.call('DELETE', '/api/v1/buckets/matched', { token, headers: { 'if-match': '"old"' } })).status).toBe(412);
    expect((await first.call('POST', '/api/v1/buckets', { token, body: { name: 'x' }, headers: { 'if-match': '*' } })).status).toBe(400);
  });

  it('let exactly one of many simultaneous changes through, over two replicas', async () => {
    await replicas[0].call('POST', '/api/v1/buckets', { token, body: { name: 'contended' } });
    const { headers } = await replicas[0].call('GET', '/api/v1/buckets/contended', { token });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        replicas[index % 2 === 0 ? 0 : 1].call('PATCH', '/api/v1/buckets/contended', {
          token,
          body: { file_size_limit: 1000 + index },
          headers: { 'if-match': headers.get('etag') ?? '' },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
  });
});

const send = (body: unknown, headers: Readonly<Record<string, string>> = {}, as = token) =>
  replicas[0].call('POST', '/api/v1/batch', { token: as, body, headers });
const readPage = (cursor: string) => replicas[1].call('GET', `/api/v1/buckets?search=page-&limit=2${cursor}`, { token });

describe('batches', () => {
  it('run in order, each with its own outcome and audit record', async () => {
    const { status, body } = await send({
      operations: [
        { operation: 'buckets.create', input: { name: 'batched' } },
        { operation: 'buckets.create', input: { name: 'batched' } },
        { operation: 'buckets.get', input: { bucket: 'batched' } },
        { operation: 'nothing.here' },
        { operation: 'audit.export' },
        { operation: 'buckets.delete', input: { bucket: 'batched' } },
      ],
    });
    expect(status).toBe(200);
    const { results, ...counts } = batchResponseSchema.parse(body);
    expect(counts).toEqual({ done: 3, failed: 3, skipped: 0 });
    expect(results).toMatchObject([
      { outcome: 'done', output: { name: 'batched' } },
      { outcome: 'failed', problem: { code: 'SJ_CONFLICT' } },
      { outcome: 'done', output: { name: 'batched' } },
      { outcome: 'failed', problem: { code: 'SJ_INPUT_INVALID' } },
      { outcome: 'failed', problem: { code: 'SJ_INPUT_INVALID' } },
      { outcome: 'done' },
    ]);
    const { rows } = await sql.query(
      "select operation from supastor.audit_log where kind = 'intent' and resource = 'bucket/batched' order by seq",
    );
    expect(rows.map(({ operation }) => operation)).toEqual(['buckets.create', 'buckets.create', 'buckets.delete']);
  });

  it('stop at the first failure when asked to', async () => {
    const operations = [{ operation: 'buckets.get', input: { bucket: 'missing' } }, { operation: 'buckets.list' }];
    expect((await send({ operations, stopOnError: true })).body).toMatchObject({ done: 0, failed: 1, skipped: 1 });
  });

  it('check the permission of each operation', async () => {
    const { body } = await replicas[0].call('POST', '/api/v1/api-keys', { token, body: { name: 'reader', permissions: ['buckets:read'] } });
    const operations = [{ operation: 'buckets.list' }, { operation: 'buckets.create', input: { name: 'sneaky' } }];
    const answer = await send({ operations }, {}, body.secret);
    expect(answer.body.results).toMatchObject([{ outcome: 'done' }, { outcome: 'failed', problem: { code: 'SJ_FORBIDDEN' } }]);
  });

  it('are answered once per idempotency key', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const operations = [{ operation: 'buckets.create', input: { name: `batch-${key['idempotency-key']}` } }];
    const first = await send({ operations }, key);
    expect(first.body.done).toBe(1);
    expect((await send({ operations }, key)).body).toEqual(first.body);
  });

  it('are bounded, and need a session', async () => {
    const operations = Array.from({ length: 101 }, () => ({ operation: 'buckets.list' }));
    expect((await send({ operations })).status).toBe(400);
    expect((await replicas[0].call('POST', '/api/v1/batch', { body: { operations: operations.slice(0, 1) } })).status).toBe(401);
  });
});

describe('pages of buckets', () => {
  it('follow each other by cursor', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await replicas[0].call('POST', '/api/v1/buckets', { token, body: { name } });
    const { body } = await readPage('');
    const next = await readPage(`&cursor=${body.nextCursor}`);
    expect([...body.buckets, ...next.body.buckets].map(({ name }: { name: string }) => name)).toEqual(['page-a', 'page-b', 'page-c']);
    expect(next.body.nextCursor).toBeNull();
  });
});
