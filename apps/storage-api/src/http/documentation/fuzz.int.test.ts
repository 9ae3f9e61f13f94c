import { maintenanceRunSchema } from '@supastor/contract/wire/maintenance';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DocumentJudge } from '@supastor/testkit/fuzz/document-judge';
import {
  type DocumentedOperation,
  type KnownNames,
  makePieces,
  operationsOf,
  type Pieces,
  type ApiDocument,
  toRequest,
} from '@supastor/testkit/fuzz/document-requests';
import type { RawAnswer, RawRequest } from '@supastor/testkit/fuzz/raw-http';
import { withOneOdd } from '@supastor/testkit/fuzz/schema-values';
import { Seeded, seedOfRun } from '@supastor/testkit/fuzz/seeded';
import { createKey } from '../../testing/s3-keys.ts';
import { JWT_SECRET } from '../../testing/server.ts';
import { KEY_PAIR } from '../../testing/s3.ts';
import { IDENTITIES, OWNER_ID, OWNER_TOKEN, type Stage, startStage } from '../../testing/stage.ts';
import { tusMetadata } from '../../testing/tus.ts';

/** Each operation with each identity at the least; `npm run soak` asks for more. */
const CASES = Number(process.env['SUPASTOR_FUZZ_CASES'] ?? '1000');
const SEED = seedOfRun();
/** Requests take things away; what they ask about is put back after so many. */
const RESTORE_EVERY = 40;
const PARALLEL = 8;
/** Requests that nothing is wrong with get far, those with one odd thing nearly as far; and some are odd all over. */
const ODDNESS = [0, 0, 0.15, 0.15, 1] as const;

let stage: Stage;
let known: KnownNames;

beforeAll(async () => {
  stage = await startStage();
  known = await restore();
}, 120_000);
afterAll(() => stage.stop());

const KEYS = [`${OWNER_ID}/a.txt`, `${OWNER_ID}/p.png`, 'pub.txt', 'p.png'] as const;
const RULES = { rules: [{ id: 'r', status: 'Disabled', filter: {}, expiration: { days: 9 } }] };

const tokenOf = (url = 'http://x') => new URL(url).searchParams.get('token') ?? '';

/** Makes what requests may name, where it is missing. */
async function restore(): Promise<KnownNames> {
  const { server, picture } = stage;
  const client = server.client();
  for (const [bucket, isPublic] of [
    ['priv', false],
    ['pub', true],
  ] as const) {
    await client.createBucket(bucket);
    await client.updateBucket(bucket, { public: isPublic, fileSizeLimit: null, allowedMimeTypes: null });
  }
  for (const bucket of ['priv', 'pub']) {
    for (const key of KEYS) await (key.endsWith('png') ? stage.put(bucket, key, picture, 'image/png') : stage.put(bucket, key));
  }
  await server.fetch('/bucket/priv/lifecycle', { method: 'PUT', headers: JSON_HEADERS, body: JSON.stringify(RULES) });
  const scan = await server.fetch('/maintenance/scrub', { method: 'POST', headers: JSON_HEADERS, body: '{}' });
  const { id: runId = OWNER_ID } = maintenanceRunSchema.partial().parse(await scan.json());
  const { key } = await createKey(server);
  const { data: link } = await client.from('priv').createSignedUrl(KEYS[0], 600);
  const { data: small } = await client.from('priv').createSignedUrl(KEYS[1], 600, { transform: { width: 4 } });
  const { data: grant } = await client.from('priv').createSignedUploadUrl('signed', { upsert: true });
  const upload = grant?.token ?? '';
  return {
    ...NAMES,
    link: [tokenOf(link?.signedUrl)],
    small: [tokenOf(small?.signedUrl)],
    token: [upload],
    'x-signature': [upload],
    uploadId: [await stage.beginUpload(OWNER_TOKEN, `${OWNER_ID}/resumable`), await stage.beginUpload(IDENTITIES.service, 'resumable')],
    signedUploadId: [await stage.beginUpload({ signature: upload }, 'signed')],
    parts: [await stage.beginParts(KEYS[0])],
    id: [runId],
    accessKeyId: [key.accessKeyId],
  };
}

const JSON_HEADERS = { 'content-type': 'application/json' };
const BUCKETS = ['priv', 'pub', 'none'];
const PREFIXES = [...KEYS, '', OWNER_ID, `${OWNER_ID}/`];
const NAMES: KnownNames = {
  bucketName: BUCKETS,
  bucketId: BUCKETS,
  destinationBucket: BUCKETS,
  Bucket: ['priv', 'pub'],
  wildcard: KEYS,
  Key: KEYS,
  prefix: PREFIXES,
  sourceKey: KEYS,
  destinationKey: [...KEYS, 'new.txt'],
  prefixes: PREFIXES,
  paths: PREFIXES,
  role: ['service_role'],
  partNumber: ['1', '2'],
  'tus-resumable': ['1.0.0'],
  'upload-offset': ['0'],
  'upload-length': ['10'],
  'upload-metadata': [tusMetadata({ bucketName: 'priv', objectName: `${OWNER_ID}/t` })],
  'x-metadata': [Buffer.from('{"a":1}').toString('base64')],
  'x-http-method-override': ['PATCH', 'HEAD', 'DELETE'],
  'x-upsert': ['true'],
  'list-type': ['2'],
};

/** What fits together: a link and the object it is for, an upload and its door. */
function knownFor({ path, method }: DocumentedOperation): KnownNames {
  const of = (name: string) => known[name] ?? [];
  if (path.startsWith('/render/image/sign/')) return { ...known, bucketName: ['priv'], wildcard: [KEYS[1]], token: of('small') };
  if (path.startsWith('/render/')) return { ...known, wildcard: [KEYS[1], 'p.png'] };
  if (path.startsWith('/object/sign/')) return { ...known, bucketName: ['priv'], wildcard: [KEYS[0]], token: of('link') };
  if (path.startsWith('/object/upload/sign/')) return { ...known, bucketName: ['priv'], wildcard: ['signed'] };
  if (path.startsWith('/s3/')) return { ...known, uploadId: of('parts') };
  if (!path.startsWith('/upload/')) return known;
  const forPatch: KnownNames = method === 'PATCH' ? { 'upload-length': [] } : {};
  if (!path.startsWith('/upload/resumable/sign')) return { ...known, ...forPatch };
  const destination = tusMetadata({ bucketName: 'priv', objectName: 'signed' });
  return { ...known, ...forPatch, uploadId: of('signedUploadId'), 'upload-metadata': [destination] };
}

/** Bodies that no schema says how to make, because their parts must agree. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  'PUT /bucket/{bucketId}/lifecycle': RULES,
  'POST /bucket/{bucketId}/lifecycle/preview': { configuration: RULES },
  'POST /s3-keys': { name: 'k', verbs: ['read'], buckets: ['priv'], prefixes: ['a/'], ipRanges: ['10.0.0.0/8'], claims: { sub: 'x' } },
  'PATCH /s3-keys/{accessKeyId}': { enabled: false, ipRanges: [] },
  'PUT /bucket/{bucketId}': { public: false, file_size_limit: '1GB', allowed_mime_types: null },
  'POST /object/copy': { bucketId: 'priv', sourceKey: KEYS[0], destinationKey: `${OWNER_ID}/copy` },
  'POST /object/move': { bucketId: 'priv', sourceKey: KEYS[0], destinationKey: `${OWNER_ID}/moved` },
};

/** Signs as S3 does, with the parameters that select one of the rows behind a path and method. */
function toS3Request(operation: DocumentedOperation, pieces: Pieces, random: Seeded, identity: string): RawRequest {
  const { selectors, optional } = random.pick(operation.s3Rows);
  const all = Object.fromEntries(selectors.map((name) => [name, pieces.query[name] ?? knownFor(operation)[name]?.[0] ?? '']));
  const query: Record<string, string> = {
    ...all,
    ...Object.fromEntries(Object.entries(pieces.query).filter(([name]) => optional.includes(name))),
  };
  const body = pieces.body === undefined || operation.method === 'GET' || operation.method === 'HEAD' ? {} : { body: String(pieces.body) };
  const wellFormed = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value.toWellFormed()]));
  const path = pieces.path.replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return stage.sign({ method: operation.method, path, query: wellFormed, ...body }, identity);
}

function makeRequest(operation: DocumentedOperation, random: Seeded, at: number): RawRequest {
  const made = makePieces(operation, random, knownFor(operation));
  const sample = random.odd(0.9) ? undefined : SAMPLES[`${operation.method} ${operation.path}`];
  const sent = random.isTame ? sample : withOneOdd(sample, random);
  const pieces = sample === undefined ? made : { ...made, body: JSON.stringify(sent) };
  if (operation.s3Rows.length > 0) return toS3Request(operation, pieces, random, Object.keys(stage.s3)[at % 8] ?? 'root');
  const token = Object.values(IDENTITIES)[at % 8] ?? '';
  const request = toRequest(pieces, operation.method);
  return { ...request, headers: { ...request.headers, ...(token === '' ? {} : { authorization: `Bearer ${token}` }) } };
}

const show = ({ method, path, headers, body }: RawRequest) =>
  JSON.stringify({ method, path, headers: { ...headers, authorization: '…' }, body: body === undefined ? '' : String(body).slice(0, 500) });

test(`requests made from the document are answered as it says (SUPASTOR_SEED=${SEED})`, async () => {
  const shown = await stage.http.send({ method: 'GET', path: '/documentation/json' });
  const document: ApiDocument = JSON.parse(shown.text);
  const operations = operationsOf(document);
  const judge = new DocumentJudge(document, [JWT_SECRET, KEY_PAIR.secret, stage.server.storePath, stage.server.databaseUrl]);
  const count = Math.max(CASES, operations.length * 8);
  const problems = new Map<string, string>();
  const statuses = new Map<number, number>();

  const tryOne = async (at: number): Promise<void> => {
    const random = new Seeded(SEED + at, new Seeded(SEED + at).pick(ODDNESS));
    const operation = operations[Math.floor(at / 8) % operations.length];
    if (operation === undefined) return;
    const request = makeRequest(operation, random, at);
    const answer: RawAnswer = await stage.http.send(request);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    const problem = judge.problemOf(operation, answer);
    if (problem !== null) problems.set(`${operation.method} ${operation.path}: ${problem}`.slice(0, 600), show(request));
  };
  for (let start = 0; start < count; start += RESTORE_EVERY) {
    const batch = Array.from({ length: Math.min(RESTORE_EVERY, count - start) }, (_, offset) => start + offset);
    for (let first = 0; first < batch.length; first += PARALLEL) await Promise.all(batch.slice(first, first + PARALLEL).map(tryOne));
    known = await restore();
  }

  expect(Object.fromEntries(problems)).toEqual({});
  // A fuzzer that is refused at the door each time has tried nothing.
  expect(statuses.get(200) ?? 0).toBeGreaterThan(count / 20);
  expect((await stage.http.send({ method: 'GET', path: '/health/ready' })).status).toBe(200);
}, 3_600_000);
