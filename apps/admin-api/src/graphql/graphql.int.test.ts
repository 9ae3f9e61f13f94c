import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PERMISSIONS } from '@supastor/contract/operations/all';
import { GRAPHQL_OPERATIONS, renderGraphqlSchema } from '@supastor/contract/operations/graphql-sdl';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema, validateSchema } from 'graphql';
import { serverAudits } from 'graphql-http';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, EMAIL, PASSWORD, startAdminHarness } from '../testing/admin-harness.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

const PATH = '/api/v1/graphql';

let storage: StorageProcess;
let admin: AdminHarness;
let token: string;

beforeAll(async () => {
  storage = await startStorageProcess();
  admin = await startAdminHarness(storage.forAdmin);
  token = await admin.login();
});
afterAll(async () => {
  await admin.stop();
  await storage.stop();
});

const ask = (query: string, variables: Readonly<Record<string, unknown>> = {}, as: { readonly token?: string } = { token }) =>
  admin.call('POST', PATH, { ...as, body: { query, variables } });

describe('the GraphQL schema', () => {
  it('is valid, and has one field for each operation that answers with a value', () => {
    const schema = buildSchema(renderGraphqlSchema());
    expect(validateSchema(schema)).toEqual([]);
    const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) => Object.keys(type?.getFields() ?? {}));
    expect(new Set(fields).size).toBe(GRAPHQL_OPERATIONS.length);
    expect(printSchema(lexicographicSortSchema(schema))).toContain('type Bucket {');
  });
});

describe('GraphQL over HTTP', () => {
  for (const audit of serverAudits({ url: () => admin.url + PATH, fetchFn: fetch })) {
    it(`audit ${audit.id}: ${audit.name}`, async () => {
      const result = await audit.fn();
      expect([result.status, 'reason' in result ? result.reason : '']).toEqual(['ok', '']);
    });
  }
});

describe('queries and mutations', () => {
  it('run the operations, with variables, nulls and answers that say only "done"', async () => {
    const made = await ask(
      'mutation ($name: String!, $limit: Float) { bucketsCreate(name: $name, file_size_limit: $limit) { name file_size_limit } }',
      {
        name: 'graph',
        limit: 5000,
      },
    );
    expect(made.body).toEqual({ data: { bucketsCreate: { name: 'graph', file_size_limit: 5000 } } });
    const changed = await ask(
      'mutation { bucketsUpdate(bucket: "graph", public: null, file_size_limit: null) { public file_size_limit } }',
    );
    expect(changed.body).toEqual({ data: { bucketsUpdate: { public: false, file_size_limit: null } } });
    const read = await ask('{ bucketsList(search: "graph") { buckets { id } nextCursor } systemInfo { mode } }');
    expect(read.body).toEqual({ data: { bucketsList: { buckets: [{ id: 'graph' }], nextCursor: null }, systemInfo: { mode: 'dev' } } });
    expect((await ask('mutation { bucketsDelete(bucket: "graph") }')).body).toEqual({ data: { bucketsDelete: true } });
  });

  it('are audited like everything else', async () => {
    await ask('mutation { bucketsCreate(name: "graph-audit") { id } }');
    const sql = new Client({ connectionString: storage.databaseUrl });
    await sql.connect();
    try {
      const { rows } = await sql.query(
        "select kind from supastor.audit_log where audit_id in (select audit_id from supastor.audit_log where resource = 'bucket/graph-audit') order by seq",
      );
      expect(rows).toEqual([{ kind: 'intent' }, { kind: 'outcome' }]);
    } finally {
      await sql.end();
    }
  });

  it('answer errors with our codes, hints and fields', async () => {
    const invalid = await ask('mutation { bucketsCreate(name: "a/b") { id } }');
    expect(invalid.body.errors[0]).toMatchObject({
      path: ['bucketsCreate'],
      extensions: { code: 'SJ_INPUT_INVALID', status: 400, errors: [{ path: 'name' }] },
    });
    const missing = await ask('{ bucketsGet(bucket: "missing") { id } }');
    expect(missing.body.errors[0].extensions).toMatchObject({ code: 'SJ_NOT_FOUND', status: 404 });
    const unknown = await ask('{ nothing }');
    expect([unknown.status, unknown.body.errors[0].extensions]).toMatchObject([
      200,
      { code: 'SJ_INPUT_INVALID', reason: 'GRAPHQL_VALIDATION_FAILED' },
    ]);
    expect(JSON.stringify([invalid.body, missing.body, unknown.body])).not.toMatch(/node_modules|stacktrace/);
  });

  it('need a session and the permission of each operation', async () => {
    expect((await ask('{ bucketsList { nextCursor } }', {}, {})).body.errors[0].extensions.code).toBe('SJ_UNAUTHENTICATED');
    const { body } = await admin.call('POST', '/api/v1/api-keys', { token, body: { name: 'reader', permissions: ['buckets:read'] } });
    const answer = await ask('{ bucketsList { nextCursor } auditList { nextCursor } }', {}, { token: body.secret });
    expect(answer.body.errors).toMatchObject([{ path: ['auditList'], extensions: { code: 'SJ_FORBIDDEN' } }]);
    expect(PERMISSIONS).toContain('audit:read');
  });
});

describe('protection', () => {
  it('refuses queries that are too deep, too costly or too long', async () => {
    const costly = await ask(
      'query ($n: Int) { a: bucketsList(limit: $n) { buckets { id name public created_at updated_at } } b: bucketsList(limit: 1000) { buckets { id name public created_at updated_at file_size_limit } } c: auditList(limit: 500) { entries { id seq at operation code ip requestId effect outcome durationMs userAgent parameters } } d: auditList(limit: 500) { entries { id seq at operation code ip requestId effect outcome durationMs userAgent parameters } } e: auditList(limit: 500) { entries { id seq at operation code ip requestId effect outcome durationMs userAgent parameters } } }',
      { n: 1000 },
    );
    expect([costly.status, costly.body.errors[0].message]).toMatchObject([400, expect.stringContaining('may cost')]);
    const aliases = Array.from({ length: 700 }, (_, index) => `a${index}: systemInfo { mode }`).join(' ');
    expect((await ask(`{ ${aliases} }`)).body).toMatchObject({ errors: [{ extensions: { code: 'SJ_INPUT_INVALID' } }] });
    const cycle = await ask('{ systemInfo { ...a } } fragment a on SystemInfoResult { ...b } fragment b on SystemInfoResult { ...a }');
    expect(cycle.body).toMatchObject({ errors: expect.any(Array) });
    expect(cycle.body.data).toBeUndefined();
    const shallow = await startAdminHarness({ graphql: { introspection: 'off', allowListPath: null, maxDepth: 2, maxCost: 1000 } });
    try {
      const login = await shallow.login();
      const deep = await shallow.call('POST', PATH, { token: login, body: { query: '{ servicesList { services { name } } }' } });
      expect([deep.status, deep.body.errors[0].message]).toMatchObject([400, expect.stringContaining('levels deep')]);
    } finally {
      await shallow.stop();
    }
  });

  it('hides the schema in production unless it is allowed', async () => {
    const query = getIntrospectionQuery();
    expect(JSON.stringify((await ask(query)).body.data)).toContain('"queryType":{"name":"Query"');
    const production = await startAdminHarness({ mode: 'prod' });
    try {
      const hidden = await production.call('POST', PATH, { body: { query } });
      expect(hidden.body).toMatchObject({ errors: [{ extensions: { code: 'SJ_INPUT_INVALID' } }] });
      expect(hidden.body.data).toBeUndefined();
      const guess = await production.call('POST', PATH, { body: { query: '{ bucketList }' } });
      expect(JSON.stringify(guess.body)).not.toContain('Did you mean');
    } finally {
      await production.stop();
    }
  });

  it('takes no query from a foreign page, and no mutation by GET', async () => {
    const signedIn = await admin.call('POST', '/api/v1/session', { body: { email: EMAIL, password: PASSWORD } });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const body = { query: '{ systemInfo { mode } }' };
    const foreign: readonly Readonly<Record<string, string>>[] = [
      { cookie, origin: 'https://evil.example' },
      { cookie, 'sec-fetch-site': 'cross-site' },
      { cookie },
    ];
    for (const headers of foreign) {
      expect((await admin.call('POST', PATH, { body, headers })).status).toBe(403);
    }
    const own = { cookie, 'sec-fetch-site': 'same-origin', origin: admin.url };
    expect((await admin.call('POST', PATH, { body, headers: own })).body).toEqual({ data: { systemInfo: { mode: 'dev' } } });
    const plain = await fetch(admin.url + PATH, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify(body) });
    expect(plain.status).toBe(415);
    const mutation = `${PATH}?query=${encodeURIComponent('mutation { bucketsCreate(name: "by-get") { id } }')}`;
    expect((await admin.call('GET', mutation, { token })).status).toBe(405);
  });

  it('runs a query by its hash once it was registered', async () => {
    const query = '{ systemInfo { project } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };
    const unknown = await admin.call('POST', PATH, { token, body: { extensions } });
    expect(unknown.body.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
    await admin.call('POST', PATH, { token, body: { query, extensions } });
    expect((await admin.call('POST', PATH, { token, body: { extensions } })).body).toEqual({ data: { systemInfo: { project: 'test' } } });
  });

  it('runs nothing but the allow-list where there is one', async () => {
    const dir = await createTempDir('graphql');
    const allowListPath = join(dir.path, 'queries.json');
    const allowed = '{ systemInfo { project } }';
    await writeFile(allowListPath, JSON.stringify([allowed]));
    const strict = await startAdminHarness({ graphql: { introspection: 'off', allowListPath, maxDepth: 10, maxCost: 1000 } });
    try {
      const login = await strict.login();
      const send = (body: unknown) => strict.call('POST', PATH, { token: login, body });
      const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(allowed).digest('hex') } };
      expect((await send({ query: allowed })).body.data.systemInfo.project).toBe('test');
      expect((await send({ extensions })).body.data.systemInfo.project).toBe('test');
      expect(await send({ query: '{ systemInfo { mode } }' })).toMatchObject({
        status: 403,
        body: { errors: [{ extensions: { code: 'SJ_FORBIDDEN' } }] },
      });
    } finally {
      await strict.stop();
      await writeFile(allowListPath, '{"operations": "none"}');
      const broken = startAdminHarness({ graphql: { introspection: 'off', allowListPath, maxDepth: 10, maxCost: 1000 } });
      await expect(broken).rejects.toMatchObject({ code: 'SJ_CONFIG_INVALID' });
      await dir.remove();
    }
  });
});
