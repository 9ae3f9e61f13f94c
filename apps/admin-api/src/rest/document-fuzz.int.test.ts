import { StorageClient } from '@supabase/storage-js';
import { OPERATIONS, type RegisteredOperation } from '@supastor/contract/operations/all';
import { API_PREFIX } from '@supastor/contract/operations/http';
import { DocumentJudge } from '@supastor/testkit/fuzz/document-judge';
import {
  type ApiDocument,
  type DocumentedOperation,
  type KnownNames,
  makePieces,
  operationsOf,
  toRequest,
} from '@supastor/testkit/fuzz/document-requests';
import { RawHttp, type RawRequest } from '@supastor/testkit/fuzz/raw-http';
import { withOneOdd } from '@supastor/testkit/fuzz/schema-values';
import { Seeded, seedOfRun } from '@supastor/testkit/fuzz/seeded';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type AdminHarness,
  type ControlHarness,
  EMAIL,
  PASSWORD,
  SESSION_SECRET,
  startAdminHarness,
  startControlHarness,
} from '../testing/admin-harness.ts';
import { type MetaProcess, startMetaProcess } from '../testing/meta-process.ts';
import { addPerson, signIn } from '../testing/people.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';
import { bodyFor } from '../testing/valid-requests.ts';

const CASES = Number(process.env['SUPASTOR_FUZZ_CASES'] ?? 400);
const SEED = seedOfRun();
/** Requests take things away; what they ask about is put back after so many. */
const RESTORE_EVERY = 150;
const PARALLEL = 6;
/** Most have nothing or one thing wrong with them, so that they get far; some are odd all over. */
const ODDNESS = [0, 0, 0.15, 0.15, 1] as const;
const ROLES = ['owner', 'admin', 'operator', 'developer', 'auditor', 'viewer'] as const;
/** Signing in with wrong passwords locks people out, and these people are needed. */
const LEFT_OUT = new Set(['session.login']);

let storage: StorageProcess;
let meta: MetaProcess;
let control: ControlHarness;
let admin: AdminHarness;
let http: RawHttp;
let known: KnownNames = {};
const tokens = new Map<string, string>([
  ['nobody', ''],
  ['broken', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
]);

const call = (method: string, path: string, token: string, body?: unknown) =>
  admin.call(method, `/api/v1${path}`, { token, ...(body !== undefined && { body }) });

beforeAll(async () => {
  [storage, control] = await Promise.all([startStorageProcess(), startControlHarness()]);
  meta = await startMetaProcess(storage.databaseUrl);
  admin = await startAdminHarness({
    storageUrl: `${storage.url}/storage/v1`,
    serviceRoleKey: storage.serviceRoleKey,
    databaseUrl: storage.databaseUrl,
    metaUrl: meta.url,
    controlSocket: control.socketPath,
  });
  http = new RawHttp(admin.url);
  await restore();
}, 300_000);
afterAll(async () => {
  http?.stop();
  await admin?.stop();
  await control?.stop();
  await meta?.stop();
  await storage?.stop();
});

/** Puts back what requests ask about, and lets everybody in again. */
async function restore(): Promise<void> {
  const owner = await admin.login();
  const files = new StorageClient(`${storage.url}/storage/v1`, { authorization: `Bearer ${storage.serviceRoleKey}` });
  for (const bucket of ['photos', 'docs']) {
    await files.createBucket(bucket);
    await files.updateBucket(bucket, { public: false, fileSizeLimit: null, allowedMimeTypes: null });
    for (const path of ['a', 'a/b.txt', 'c d/ü.png']) await files.from(bucket).upload(path, 'text', { upsert: true });
  }
  await call('POST', '/roles', owner, { name: 'some', permissions: ['buckets:read'] });
  for (const role of ROLES) tokens.set(role, await tokenFor(role, owner));
  const key = await call('POST', '/api-keys', owner, { name: 'k', permissions: ['buckets:read', 'objects:read', 'jobs:read'] });
  tokens.set('key', key.body.secret);
  known = {
    ...FIXED,
    id: await idsFor(owner),
    user: [EMAIL],
    apiKey: [key.body.key.id],
  };
}

const FIXED: KnownNames = {
  bucket: ['photos', 'docs'],
  toBucket: ['docs'],
  service: ['storage', 'admin'],
  path: ['a', 'a/b.txt', 'c d/ü.png'],
  paths: ['a', 'a/b.txt'],
  from: ['a', 'a/'],
  to: ['b', 'b/'],
  folder: ['a/'],
  prefix: ['a/'],
  role: ['viewer', 'some'],
  table: ['objects'],
  pattern: ['public-read'],
  kind: ['bucket', 'audit.verify'],
  subject: ['photos'],
  operation: ['buckets.list'],
  permissions: ['buckets:read'],
  cron: ['0 3 * * *'],
  timeZone: ['UTC'],
  schema: ['storage'],
};

/** A person of the role, made anew when the last one was taken away. */
async function tokenFor(role: string, owner: string): Promise<string> {
  const [current, email] = [people.get(role), `${role}-${people.size}-${Date.now()}@example.org`];
  if (current !== undefined) {
    const token = await signIn(admin, current).catch(() => null);
    if (token !== null && (await call('GET', '/session', token)).body.role === role) return token;
  }
  people.set(role, email);
  await addPerson(admin, owner, { email, role });
  return signIn(admin, email);
}

const people = new Map<string, string>();

/** Ids of things of many kinds; for most operations one of another kind, which must look as if it were not there. */
async function idsFor(owner: string): Promise<readonly string[]> {
  const [users, keys] = [await call('GET', '/users', owner), await call('GET', '/api-keys', owner)];
  const schedule = await call('POST', '/schedules', owner, { name: `s ${Date.now()}`, kind: 'audit.verify', cron: '0 0 29 2 *' });
  const job = await call('POST', `/schedules/${schedule.body.id}/run`, owner);
  return [schedule.body.id, job.body.id, users.body.users?.at(-1)?.id, keys.body.keys?.at(-1)?.id].filter((id) => typeof id === 'string');
}

const byPlace = new Map(OPERATIONS.map((operation) => [`${operation.rest.method} ${API_PREFIX}${operation.rest.path}`, operation]));
const operationOf = ({ method, path }: DocumentedOperation): RegisteredOperation | undefined => byPlace.get(`${method} ${path}`);

function makeRequest(documented: DocumentedOperation, random: Seeded, token: string): RawRequest {
  const pieces = makePieces(documented, random, known);
  const operation = operationOf(documented);
  const sample = operation && !random.odd(0.9) ? bodyFor(operation).body : undefined;
  const body = sample === undefined ? pieces.body : JSON.stringify(random.isTame ? sample : withOneOdd(sample, random));
  const request = toRequest({ ...pieces, body }, documented.method);
  return { ...request, headers: { ...request.headers, ...(token === '' ? {} : { authorization: `Bearer ${token}` }) } };
}

const show = ({ method, path, headers, body }: RawRequest, who: string) =>
  JSON.stringify({ who, method, path, headers: { ...headers, authorization: '…' }, body: String(body ?? '').slice(0, 500) });

test(`requests made from the document are answered as it says, to everybody (SUPASTOR_SEED=${SEED})`, async () => {
  const shown = await http.send({ method: 'GET', path: '/api/v1/openapi.json' });
  const document: ApiDocument = JSON.parse(shown.text);
  const operations = operationsOf(document).filter((each) => !LEFT_OUT.has(operationOf(each)?.name ?? ''));
  const secrets = [SESSION_SECRET, PASSWORD, storage.databaseUrl];
  const judge = new DocumentJudge(document, [...secrets, storage.serviceRoleKey]);
  // One operation is there to tell the key.
  const judgeOfKey = new DocumentJudge(document, secrets);
  const identities = [...tokens.keys()];
  const count = Math.max(CASES, operations.length * 3);
  const problems = new Map<string, string>();
  const statuses = new Map<number, number>();

  const tryOne = async (at: number): Promise<void> => {
    const random = new Seeded(SEED + at, new Seeded(SEED + at).pick(ODDNESS));
    const documented = operations[at % operations.length];
    // Each round meets every operation as another identity.
    const who = identities[(at + Math.floor(at / operations.length)) % identities.length];
    if (documented === undefined || who === undefined) return;
    const request = makeRequest(documented, random, tokens.get(who) ?? '');
    const answer = await http.send(request);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const telling = operationOf(documented)?.name === 'system.serviceKey' && answer.status === 200;
    const problem = (telling ? judgeOfKey : judge).problemOf(documented, answer);
    if (problem !== null) problems.set(`${documented.method} ${documented.path}: ${problem}`.slice(0, 600), show(request, who));
  };
  for (let start = 0; start < count; start += RESTORE_EVERY) {
    const batch = Array.from({ length: Math.min(RESTORE_EVERY, count - start) }, (_, offset) => start + offset);
    for (let first = 0; first < batch.length; first += PARALLEL) await Promise.all(batch.slice(first, first + PARALLEL).map(tryOne));
    if (start + RESTORE_EVERY < count) await restore();
  }

  expect(Object.fromEntries(problems)).toEqual({});
  // A fuzzer that is refused at the door each time has tried nothing.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(count / 20);
  expect((await http.send({ method: 'GET', path: '/health/live' })).status).toBe(200);
}, 3_600_000);
