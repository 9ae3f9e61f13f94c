import { better, check } from '../check.ts';
import { failed, holds, same } from '../assert.ts';

const SAFE_KEY = "A-z_0/9!.*'() &$=@;:+,";
/** Sent as they stand; each leads out of the bucket, or nowhere. */
const OUTSIDE = ['..%2fx', '%2e%2e/x', 'a/%2e%2e/b', '%2e%2e%2f%2e%2e%2fetc%2fpasswd', 'a/./b', '%2e', '.%2e%2fx', 'a%2f..%2f..%2fb'];
const CONTROLS = ['a%00b', '%0a', 'a%0d%0ab', '%1b', '%7f'];
const UNICODE = ['grüße/日本語.txt', 'emoji 🪣', '100% #1 [x]{y}|z^`~"', 'a\\b', 'x'.repeat(1024)];

const encode = (key: string) => key.split('/').map(encodeURIComponent).join('/');

export const keyChecks = [
  check('every character of the safe set may be in a key', 'wire', async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, SAFE_KEY, 'safe');
    same((await world.request('GET', `/object/${bucket}/${encode(SAFE_KEY)}`)).text, 'safe');
    const listed: { name: string }[] = JSON.parse(
      (await world.request('POST', `/object/list/${bucket}`, { json: { prefix: 'A-z_0' } })).text,
    );
    same(
      listed.map(({ name }) => name),
      [SAFE_KEY.split('/')[1]],
    );
  }),
  check('bucket names of the safe set are taken, others refused', 'wire', async (world) => {
    const odd = world.claim(`${world.name()} !.*'()&$@=;:+,?_`);
    same((await world.request('POST', '/bucket', { json: { name: odd } })).status, 200);
    for (const name of ['a/b', 'ümlaut', 'x'.repeat(101), '']) {
      const answer = await world.request('POST', '/bucket', { json: { name } });
      failed(answer, { statusCode: '400' });
    }
  }),
  check('a bucket name that is not valid is an invalid name', 'wire', async (world) => {
    failed(await world.request('POST', '/bucket', { json: { name: 'a/b' } }), {
      message: 'Bucket name invalid',
      code: 'InvalidBucketName',
    });
  }),
  ...UNICODE.map((key) =>
    better(`the key ${key.length > 40 ? `of ${key.length} bytes` : key} is stored, listed, read and deleted`, 'wire', async (world) => {
      const bucket = await world.bucket();
      await world.put(bucket, key, 'unicode');
      same((await world.request('GET', `/object/${bucket}/${encode(key)}`)).text, 'unicode');
      const page: { objects: { name: string }[] } = JSON.parse(
        (await world.request('POST', `/object/list-v2/${bucket}`, { json: {} })).text,
      );
      same(
        page.objects.map(({ name }) => name),
        [key],
      );
      same((await world.request('DELETE', `/object/${bucket}`, { json: { prefixes: [key] } })).status, 200);
      same((await world.request('GET', `/object/${bucket}/${encode(key)}`)).status, 400);
    }),
  ),
  better('a key of more than 1,024 bytes is refused', 'wire', async (world) => {
    const bucket = await world.bucket();
    const answer = await world.request('POST', `/object/${bucket}/${'x'.repeat(1025)}`, { body: 'x' });
    failed(answer, { statusCode: '400', code: 'InvalidKey' });
  }),
  ...[...OUTSIDE, ...CONTROLS].map((path) =>
    better(`the path ${path} is refused for every verb`, 'wire', async (world) => {
      const bucket = await world.bucket();
      for (const [method, route] of [
        ['POST', `/object/${bucket}/${path}`],
        ['PUT', `/object/${bucket}/${path}`],
        ['GET', `/object/${bucket}/${path}`],
        ['GET', `/object/public/${bucket}/${path}`],
        ['GET', `/object/info/${bucket}/${path}`],
        ['DELETE', `/object/${bucket}/${path}`],
        ['POST', `/object/upload/sign/${bucket}/${path}`],
      ] as const) {
        const { status } = await world.request(method, route, method === 'POST' || method === 'PUT' ? { body: 'x' } : {});
        holds(status >= 400 && status < 500, `${method} ${route} is a client error`, status);
      }
      same((await world.request('POST', `/object/list-v2/${bucket}`, { json: {} })).text, '{"hasNext":false,"folders":[],"objects":[]}');
    }),
  ),
];
