import { check, Skip } from '../check.ts';
import { data, matches, same } from '../assert.ts';
import type { Answer } from '../http.ts';
import { PICTURE, readPngSize } from '../picture.ts';
import type { World } from '../world.ts';

async function withPicture(world: World): Promise<string> {
  const bucket = await world.bucket({ public: true });
  await world.put(bucket, 'p.png', PICTURE, { 'content-type': 'image/png' });
  const probe = await world.request('GET', `/render/image/public/${bucket}/p.png?width=10`, { token: null });
  if (probe.status === 404 || /FeatureNotEnabled|not enabled|disabled/i.test(probe.text))
    throw new Skip(`unsupported: ${probe.text.slice(0, 100)}`);
  return bucket;
}

function sizeOf(answer: Answer): readonly [number, number] {
  same([answer.status, answer.headers['content-type']], [200, 'image/png'], answer.text.slice(0, 200));
  return readPngSize(answer.body);
}

export const imageChecks = [
  check('images: width and height are bounded by cover, contain and fill', 'full', async (world) => {
    const bucket = await withPicture(world);
    const render = (query: string) => world.request('GET', `/render/image/public/${bucket}/p.png?format=origin&${query}`, { token: null });
    same(sizeOf(await render('width=20')), [20, 10]);
    same(sizeOf(await render('height=5')), [10, 5]);
    same(sizeOf(await render('width=10&height=10&resize=cover')), [10, 10]);
    same(sizeOf(await render('width=10&height=10&resize=contain')), [10, 5]);
    same(sizeOf(await render('width=10&height=10&resize=fill')), [10, 10]);
  }),
  check('images: the format is negotiated', 'full', async (world) => {
    const bucket = await withPicture(world);
    const path = `/render/image/public/${bucket}/p.png?width=10`;
    const webp = await world.request('GET', path, { token: null, headers: { accept: 'image/webp,*/*' } });
    same([webp.status, webp.headers['content-type']], [200, 'image/webp']);
    const origin = await world.request('GET', `${path}&format=origin`, { token: null, headers: { accept: 'image/webp,*/*' } });
    same(origin.headers['content-type'], 'image/png');
  }),
  check('images: a signed link renders what it was signed for', 'full', async (world) => {
    const bucket = await withPicture(world);
    const transform = { width: 20, height: 20, resize: 'contain' } as const;
    const { signedUrl } = data(await world.client().from(bucket).createSignedUrl('p.png', 60, { transform }));
    matches(signedUrl, /\/render\/image\/sign\//, 'link');
    const response = await fetch(signedUrl, { headers: { accept: 'image/png' } });
    same([response.status, readPngSize(Buffer.from(await response.arrayBuffer()))], [200, [20, 10]]);
  }),
  check('images: the authenticated door needs rights', 'full', async (world) => {
    await withPicture(world);
    const bucket = await world.bucket();
    await world.put(bucket, 'p.png', PICTURE, { 'content-type': 'image/png' });
    const path = `/render/image/authenticated/${bucket}/p.png?width=10`;
    same((await world.request('GET', path)).status, 200);
    same((await world.request('GET', path, { token: world.options.anonKey })).status, 400);
    same((await world.request('GET', path.replace('authenticated', 'public'), { token: null })).status, 400);
  }),
  check('images: sizes out of bounds and files that are no images are refused', 'full', async (world) => {
    const bucket = await withPicture(world);
    await world.put(bucket, 'no.png', 'not an image', { 'content-type': 'image/png' });
    const render = (rest: string) => world.request('GET', `/render/image/public/${bucket}/${rest}`, { token: null });
    for (const rest of ['p.png?width=x', 'p.png?resize=melt', 'p.png?quality=500', 'no.png?width=10']) {
      const { status } = await render(rest);
      same(status >= 400 && status < 500, true, `${rest} answers ${status}`);
    }
  }),
];
