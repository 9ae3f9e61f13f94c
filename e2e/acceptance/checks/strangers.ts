import { failed, holds, same } from '../assert.ts';
import { better, check } from '../check.ts';
import type { Answer } from '../http.ts';
import { signToken } from '../token.ts';
import { allowOwnFolders, user } from './policies.ts';

/** Routes that need a token, with whatever else they ask for in order. */
const CLOSED: readonly (readonly [method: string, path: string, json?: unknown])[] = [
  ['GET', '/bucket'],
  ['POST', '/bucket', { name: 'acc-never-made' }],
  ['GET', '/bucket/none'],
  ['PUT', '/bucket/none', { public: true }],
  ['POST', '/bucket/none/empty', {}],
  ['DELETE', '/bucket/none'],
  ['POST', '/object/list/none', { prefix: '' }],
  ['POST', '/object/list-v2/none', { prefix: '' }],
  ['POST', '/object/copy', { bucketId: 'none', sourceKey: 'a', destinationKey: 'b' }],
  ['POST', '/object/move', { bucketId: 'none', sourceKey: 'a', destinationKey: 'b' }],
  ['DELETE', '/object/none/a'],
  ['DELETE', '/object/none', { prefixes: ['a'] }],
  ['POST', '/object/sign/none/a', { expiresIn: 60 }],
  ['POST', '/object/sign/none', { expiresIn: 60, paths: ['a'] }],
  ['POST', '/object/upload/sign/none/a', {}],
  ['GET', '/object/authenticated/none/a'],
  ['GET', '/object/info/authenticated/none/a'],
  ['DELETE', '/cdn/none/a'],
];

/** What one user may ask about the file of another. */
const QUESTIONS: readonly (readonly [
  method: string,
  path: (bucket: string, key: string) => string,
  json?: (bucket: string, key: string) => unknown,
])[] = [
  ['GET', (bucket, key) => `/object/authenticated/${bucket}/${key}`],
  ['GET', (bucket, key) => `/object/${bucket}/${key}`],
  ['HEAD', (bucket, key) => `/object/authenticated/${bucket}/${key}`],
  ['GET', (bucket, key) => `/object/info/authenticated/${bucket}/${key}`],
  ['POST', (bucket, key) => `/object/sign/${bucket}/${key}`, () => ({ expiresIn: 60 })],
  ['DELETE', (bucket, key) => `/object/${bucket}/${key}`],
  ['DELETE', (bucket) => `/object/${bucket}`, (_bucket, key) => ({ prefixes: [key] })],
  ['POST', () => '/object/copy', (bucketId, sourceKey) => ({ bucketId, sourceKey, destinationKey: 'stolen' })],
  ['POST', () => '/object/move', (bucketId, sourceKey) => ({ bucketId, sourceKey, destinationKey: 'stolen' })],
  ['POST', (bucket, key) => `/object/upload/sign/${bucket}/${key}`, () => ({})],
];

const base64 = (text: string) => Buffer.from(text).toString('base64');
const told = ({ status, text }: Answer) => [status, text] as const;

export const strangerChecks = [
  check('every route that needs a token refuses to go on without one', 'wire', async (world) => {
    for (const [method, path, json] of CLOSED) {
      const answer = await world.request(method, path, { token: null, ...(json === undefined ? {} : { json }) });
      failed(answer, { message: "headers must have required property 'authorization'" });
    }
  }),

  check('every route that needs a token refuses one that is broken or has expired, also of the service', 'wire', async (world) => {
    const expired = signToken({ role: 'service_role', exp: 1_600_000_000 }, world.secret());
    for (const token of ['not.a.token', expired]) {
      for (const [method, path, json] of CLOSED) {
        const answer = await world.request(method, path, { token, ...(json === undefined ? {} : { json }) });
        failed(answer, { statusCode: '403' });
      }
    }
  }),

  check('what belongs to another user looks like what is not there', 'core', async (world) => {
    const bucket = await world.bucket();
    await allowOwnFolders(world, bucket);
    const [one, two] = [await user(world), await user(world)];
    await world.put(bucket, `${two.id}/real`, 'of two');
    for (const [method, path, json] of QUESTIONS) {
      const ask = (key: string) =>
        world.request(method, path(bucket, key), { token: one.token, ...(json === undefined ? {} : { json: json(bucket, key) }) });
      const [real, none] = [await ask(`${two.id}/real`), await ask(`${two.id}/none`)];
      same(told(real), told(none), `${method} ${path('b', 'k')}`);
      holds(!real.text.includes('of two'), 'the bytes are not shown', real.text);
    }
    same((await world.request('GET', `/object/${bucket}/${two.id}/real`)).text, 'of two', 'the file afterwards');
  }),

  check('a link opens its object and no other', 'core', async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'mine', 'mine');
    await world.put(bucket, 'other', 'other');
    const signed = await world.request('POST', `/object/sign/${bucket}/mine`, { json: { expiresIn: 60 } });
    const token = /token=([\w.-]+)/.exec(signed.text)?.[1] ?? '';
    same((await world.request('GET', `/object/sign/${bucket}/mine?token=${token}`, { token: null })).text, 'mine');
    for (const key of ['other', 'none', 'mine/', 'mine%2f..%2fother']) {
      const answer = await world.request('GET', `/object/sign/${bucket}/${key}?token=${token}`, { token: null });
      same(answer.status, 400, `status for ${key}`);
      holds(!answer.text.includes('"other"') && answer.text !== 'other', 'the bytes are not shown', answer.text);
    }
  }),

  better('TUS: an upload of another user looks like what is not there', 'full', async (world) => {
    const bucket = await world.bucket();
    await allowOwnFolders(world, bucket);
    const [one, two] = [await user(world), await user(world)];
    const begun = await world.request('POST', '/upload/resumable', {
      token: two.token,
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': '4',
        'upload-metadata': `bucketName ${base64(bucket)},objectName ${base64(`${two.id}/x`)}`,
      },
    });
    same(begun.status, 201, `begins (${begun.text})`);
    const id = begun.headers['location']?.split('/').at(-1) ?? '';
    const unknown = Buffer.from(`${bucket}/${two.id}/x/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa`).toString('base64url');
    for (const method of ['PATCH', 'DELETE']) {
      const ask = (which: string) =>
        world.request(method, `/upload/resumable/${which}`, {
          token: one.token,
          headers: {
            'tus-resumable': '1.0.0',
            ...(method === 'PATCH' ? { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' } : {}),
          },
          ...(method === 'PATCH' ? { body: 'evil' } : {}),
        });
      same(told(await ask(id)), told(await ask(unknown)), method);
    }
    const head = await world.request('HEAD', `/upload/resumable/${id}`, { token: null, headers: { 'tus-resumable': '1.0.0' } });
    same(head.headers['upload-offset'], '0', 'the upload afterwards');
  }),
];
