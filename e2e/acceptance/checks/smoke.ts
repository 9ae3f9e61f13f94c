import { check } from '../check.ts';
import { data, holds, like, refused, same } from '../assert.ts';

/** What must work before anything else is worth looking at. */
export const smokeChecks = [
  check('the server answers /status', 'smoke', async (world) => {
    same((await world.request('GET', '/status', { token: null })).status, 200);
  }),
  check('an object is uploaded, listed, read back and deleted', 'smoke', async (world) => {
    const files = world.client().from(await world.bucket());
    const body = Buffer.from('hello');
    like(data(await files.upload('dir/hello.txt', body, { contentType: 'text/plain' })), { path: 'dir/hello.txt' });
    same(
      data(await files.list('dir')).map(({ name }) => name),
      ['hello.txt'],
    );
    same(await data(await files.download('dir/hello.txt')).text(), 'hello');
    same(
      data(await files.remove(['dir/hello.txt'])).map(({ name }) => name),
      ['dir/hello.txt'],
    );
    refused(await files.download('dir/hello.txt'), {}, 'reading what is gone');
  }),
  check('5 MB come back byte for byte', 'smoke', async (world) => {
    const files = world.client().from(await world.bucket());
    const body = Buffer.alloc(5_000_000, 'position dependent 0123456789 ');
    body.writeUInt32BE(0xdeadbeef, 4_999_990);
    data(await files.upload('large.bin', body, { contentType: 'application/octet-stream' }));
    const got = Buffer.from(await data(await files.download('large.bin')).arrayBuffer());
    holds(got.equals(body), 'the bytes are the same', `${got.length} bytes`);
  }),
  check('a public bucket is served without a token, a private one is not', 'smoke', async (world) => {
    const open = await world.bucket({ public: true });
    const closed = await world.bucket();
    await world.put(open, 'a.txt', 'open');
    await world.put(closed, 'a.txt', 'closed');
    same((await world.request('GET', `/object/public/${open}/a.txt`, { token: null })).text, 'open');
    same((await world.request('GET', `/object/public/${closed}/a.txt`, { token: null })).status, 400);
  }),
  check('a signed link works without a token and not when altered', 'smoke', async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a.txt', 'signed');
    const { signedUrl } = data(await world.client().from(bucket).createSignedUrl('a.txt', 60));
    const { pathname, search } = new URL(signedUrl);
    const path = `${pathname.slice(world.basePath.length)}${search}`;
    same((await world.request('GET', path, { token: null })).text, 'signed');
    same((await world.request('GET', path.replace('/a.txt', '/b.txt'), { token: null })).status, 400);
    same((await world.request('GET', `${path.slice(0, -4)}AAAA`, { token: null })).status, 400);
  }),
  check('without a policy, anonymous callers see and write nothing', 'smoke', async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a.txt', 'secret');
    const files = world.client(world.options.anonKey).from(bucket);
    same(data(await files.list()), []);
    refused(await files.download('a.txt'));
    refused(await files.upload('b.txt', 'x', { contentType: 'text/plain' }), { statusCode: '403' });
  }),
];
