import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import sharp from 'sharp';
import { type Attack, ATTACKED_JWKS, ATTACKED_SECRET, goodTokens, hs, NOW_SECONDS } from '../testing/attacks/attack-keys.ts';
import { roleAttacks, timeAttacks } from '../testing/attacks/claim-attacks.ts';
import { signatureAttacks } from '../testing/attacks/signature-attacks.ts';
import { testImageSettings } from '../testing/image-settings.ts';
import { TEST_S3 } from '../testing/s3.ts';
import { startTestServer, type TestServer } from '../testing/server.ts';
import { signRequest } from '../testing/sign-s3.ts';
import { tusMetadata } from '../testing/tus.ts';

const exp = NOW_SECONDS + 3600;
const service = { role: 'service_role', sub: '11111111-1111-4111-8111-111111111111' };
const download = { url: 'box/doc', scope: 'download' };
const upload = { url: 'box/new', scope: 'upload', upsert: true };
const attacksOn = (claims: Readonly<Record<string, unknown>>) => [
  ...Object.values(signatureAttacks({ ...claims, exp })).flat(),
  ...timeAttacks(claims),
];
const ACCESS: readonly Attack[] = [...attacksOn(service), ...roleAttacks({ ...service, exp })];
const DOWNLOADS: readonly Attack[] = [...attacksOn(download), ['that is an access token', hs({ ...service, exp })]];
const UPLOADS: readonly Attack[] = [...attacksOn(upload), ['that is an access token', hs({ ...service, exp })]];

let server: TestServer;
let cache: TempDir;

interface Door {
  readonly attacks: readonly Attack[];
  /** Claims with which the same request succeeds. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly send: (token: string) => Promise<Response>;
  readonly refusal: RegExp;
}

const DENIED = /^400 \{"statusCode":"403","error":"Unauthorized","message":"[^"\\]*(?:\\"[a-z]+\\"[^"\\]*)*","code":"AccessDenied"\}$/;
const BAD_LINK = /^400 \{"statusCode":"400","error":"(InvalidJWT|InvalidSignature)","message":"[^{}]*","code":"\1"\}$/;
const text = { 'content-type': 'text/plain' };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const call = (path: string, method: string, headers: Record<string, string> = {}, body?: string) =>
  server.fetch(path, { method, token: '', headers, ...(body === undefined ? {} : { body }) });
const tus = (path: string, headers: Record<string, string>) =>
  call(path, 'POST', {
    'tus-resumable': '1.0.0',
    'upload-length': '3',
    'upload-metadata': tusMetadata({ bucketName: 'box', objectName: 'new' }),
    'x-upsert': 'true',
    ...headers,
  });

const DOORS: Readonly<Record<string, Door>> = {
  'the header authorization, to delete': {
    attacks: ACCESS,
    claims: service,
    send: (token) => call('/object/box/doc', 'DELETE', bearer(token)),
    refusal: DENIED,
  },
  'the header apikey, to overwrite': {
    attacks: ACCESS,
    claims: service,
    send: (token) => call('/object/box/doc', 'PUT', { apikey: token, ...text }, 'new'),
    refusal: DENIED,
  },
  'a token that is optional': {
    attacks: ACCESS,
    claims: service,
    send: (token) => call('/object/box/doc', 'GET', bearer(token)),
    refusal: /^400 \{"statusCode":"404","error":"Bucket not found","message":"Bucket not found","code":"NoSuchBucket"\}$/,
  },
  'a picture': {
    attacks: ACCESS,
    claims: service,
    send: (token) => call('/render/image/authenticated/box/doc?width=1', 'GET', bearer(token)),
    refusal: DENIED,
  },
  'a resumable upload': {
    attacks: ACCESS,
    claims: service,
    send: (token) => tus('/upload/resumable', bearer(token)),
    refusal: /^400 \{"statusCode":"403","code":"AccessDenied","error":"Unauthorized","message":"[^{}]*"\}$/,
  },
  'a session over S3': {
    attacks: ACCESS,
    claims: service,
    send: (token) => {
      const signed = signRequest(server.url, {
        method: 'PUT',
        path: '/s3/box/doc',
        body: 'new',
        accessKeyId: TEST_S3.tenantId,
        secret: TEST_S3.anonKey ?? '',
        headers: { 'x-amz-security-token': token },
      });
      return fetch(signed.url, { method: 'PUT', headers: signed.headers, body: 'new' });
    },
    refusal: /^40[03] <\?xml [^>]*>\s*<Error>.*<Code>(InvalidToken|ExpiredToken|SignatureDoesNotMatch|InvalidRequest)<\/Code>/s,
  },
  'a link to an object': {
    attacks: DOWNLOADS,
    claims: download,
    send: (token) => call(`/object/sign/box/doc?token=${encodeURIComponent(token)}`, 'GET'),
    refusal: BAD_LINK,
  },
  'a link to a picture': {
    attacks: DOWNLOADS,
    claims: download,
    send: (token) => call(`/render/image/sign/box/doc?token=${encodeURIComponent(token)}`, 'GET'),
    refusal: BAD_LINK,
  },
  'a link to upload': {
    attacks: UPLOADS,
    claims: upload,
    send: (token) => call(`/object/upload/sign/box/new?token=${encodeURIComponent(token)}`, 'PUT', text, 'new'),
    refusal: BAD_LINK,
  },
  'a link to upload in parts': {
    attacks: UPLOADS,
    claims: upload,
    send: (token) => tus('/upload/resumable/sign', { 'x-signature': token }),
    refusal: /^400 [^{}<>]+$/,
  },
};

beforeAll(async () => {
  cache = await createTempDir('pictures');
  const images = testImageSettings(cache.path);
  server = await startTestServer({ jwtSecret: ATTACKED_SECRET, jwks: ATTACKED_JWKS, s3: TEST_S3, images });
  const storage = server.client(hs({ ...service, exp }));
  for (const bucket of ['box', 'other']) expect((await storage.createBucket(bucket)).error).toBeNull();
  const picture = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#2c2' } })
    .png()
    .toBuffer();
  for (const [bucket, key] of [
    ['box', 'doc'],
    ['box', 'doc2'],
    ['box', 'folder/doc'],
    ['other', 'doc'],
  ] as const) {
    expect((await storage.from(bucket).upload(key, picture, { contentType: 'image/png' })).error).toBeNull();
  }
});
afterAll(async () => {
  await server.stop();
  await cache.remove();
});

/** Rows and files: what nobody without a good token may change. */
async function touched(): Promise<unknown> {
  const rows = await server.sql(`select bucket_id, name, version, updated_at, last_accessed_at from storage.objects order by 1, 2`);
  const uploads = await server.sql('select version from storage.resumable_uploads order by 1');
  const files = await readdir(server.storePath, { recursive: true });
  // Journals of finished uploads go by themselves.
  return { rows, uploads, files: files.filter((file) => !file.endsWith('.journal')).toSorted() };
}

async function answerOf(response: Promise<Response>): Promise<string> {
  const { status, ...rest } = await response.then(async (answer) => ({ status: answer.status, body: await answer.text() }));
  return `${status} ${rest.body}`;
}

describe.each(Object.entries(DOORS))('%s', (_name, { attacks, claims, send, refusal }) => {
  test('is closed to every attack, and nothing is touched', async () => {
    const before = await touched();
    const open: unknown[] = [];
    for (let from = 0; from < attacks.length; from += 16) {
      const batch = attacks.slice(from, from + 16);
      const answers = await Promise.all(batch.map(([, token]) => answerOf(send(token))));
      for (const [at, answer] of answers.entries()) if (!refusal.test(answer)) open.push([batch[at]?.[0], answer]);
    }
    expect(open).toEqual([]);
    expect(await touched()).toEqual(before);
    expect(attacks.length).toBeGreaterThanOrEqual(94);
  });

  test('refuses a token that is larger than any header may be', async () => {
    const [good] = goodTokens({ ...claims, exp, padding: 'x'.repeat(200_000) });
    expect((await send(good)).status).toBe(431);
  });
});

/** Well-signed links, used for what they are not for. */
const MISUSES: readonly [label: string, claims: Readonly<Record<string, unknown>>, method: string, path: string][] = [
  ['another object', download, 'GET', '/object/sign/box/doc2'],
  ['the same key in another bucket', download, 'GET', '/object/sign/other/doc'],
  ['an object in a folder', download, 'GET', '/object/sign/box/folder/doc'],
  ['the bucket in another case', download, 'GET', '/object/sign/BOX/doc'],
  ['the key in another case', download, 'GET', '/object/sign/box/DOC'],
  ['the key with a slash', download, 'GET', '/object/sign/box/doc/'],
  ['the key with an encoded slash', { ...download, url: 'box/folder' }, 'GET', '/object/sign/box/folder%2Fdoc'],
  ['a path that climbs', { ...download, url: 'box/folder/../doc' }, 'GET', '/object/sign/box/doc'],
  ['a prefix of it', { ...download, url: 'box/' }, 'GET', '/object/sign/box/doc'],
  ['a list of objects', { ...download, url: ['box/doc'] }, 'GET', '/object/sign/box/doc'],
  ['an object without a name', { scope: 'download' }, 'GET', '/object/sign/box/doc'],
  ['the original, with a link to a picture', { ...download, transformations: 'width:1' }, 'GET', '/object/sign/box/doc'],
  ['the head of the original, with a link to a picture', { ...download, transformations: 'width:1' }, 'HEAD', '/object/sign/box/doc'],
  ['writing, with a link to read', download, 'PUT', '/object/upload/sign/box/doc'],
  ['writing, with an older link to read', { url: 'box/doc' }, 'PUT', '/object/upload/sign/box/doc'],
  ['reading, with a link to write', { ...upload, url: 'box/doc' }, 'GET', '/object/sign/box/doc'],
  ['reading, with an older link to write', { url: 'box/doc', upsert: true }, 'GET', '/object/sign/box/doc'],
  ['a picture, with a link to write', { ...upload, url: 'box/doc' }, 'GET', '/render/image/sign/box/doc'],
  ['writing another key', upload, 'PUT', '/object/upload/sign/box/newer'],
  ['writing to another bucket', upload, 'PUT', '/object/upload/sign/other/new'],
  ['writing with a scope nobody knows', { ...upload, scope: 'admin' }, 'PUT', '/object/upload/sign/box/new'],
  ['writing with two scopes', { ...upload, scope: ['upload', 'download'] }, 'PUT', '/object/upload/sign/box/new'],
  ['replacing, with a link to write what is new', { ...upload, url: 'box/doc', upsert: false }, 'PUT', '/object/upload/sign/box/doc'],
  ['replacing, said in a text', { ...upload, url: 'box/doc', upsert: 'true' }, 'PUT', '/object/upload/sign/box/doc'],
];

describe('a signed link', () => {
  test.each(MISUSES)('does not open %s', async (_label, claims, method, path) => {
    const before = await touched();
    const response = await call(`${path}?token=${hs({ ...claims, exp })}`, method, text, method === 'PUT' ? 'new' : undefined);
    expect(response.status).toBe(400);
    if (method !== 'HEAD')
      expect(await response.json()).toMatchObject({ code: expect.stringMatching(/^(InvalidSignature|KeyAlreadyExists)$/) });
    expect(await touched()).toEqual(before);
  });

  test.each([
    ['GET', '/object/box/doc'],
    ['GET', '/object/authenticated/box/doc'],
    ['GET', '/object/info/authenticated/box/doc'],
    ['DELETE', '/object/box/doc'],
    ['PUT', '/object/box/doc'],
    ['GET', '/bucket'],
  ])('is no access token: %s %s', async (method, path) => {
    const before = await touched();
    const token = hs({ ...download, exp });
    expect((await call(path, method, { ...bearer(token), ...text }, method === 'PUT' ? 'new' : undefined)).status).toBe(400);
    expect(await touched()).toEqual(before);
  });
});

test.each(Object.entries(DOORS))('%s opens to a good token', async (_name, { claims, send }) => {
  const response = await send(hs({ ...claims, exp }));
  expect([200, 201]).toContain(response.status);
  await server
    .client(hs({ ...service, exp }))
    .from('box')
    .upload('doc', await readDoc2(), { contentType: 'image/png', upsert: true });
});

async function readDoc2(): Promise<Blob> {
  const { data, error } = await server
    .client(hs({ ...service, exp }))
    .from('box')
    .download('doc2');
  if (error) throw error;
  return data;
}
