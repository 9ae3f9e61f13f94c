import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import sharp from 'sharp';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testImageSettings } from '../../testing/image-settings.ts';
import { ANON_TOKEN, startTestServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;
let cacheDir: TempDir;

const picture = (width = 400, height = 200) => sharp({ create: { width, height, channels: 3, background: { r: 200, g: 40, b: 40 } } });

async function upload(name: string, bytes: Buffer | string, type = 'application/octet-stream', bucket = 'open'): Promise<void> {
  const { error } = await server.client().from(bucket).upload(name, bytes, { contentType: type, upsert: true });
  expect(error).toBeNull();
}

async function metadataOf(response: Response) {
  expect(response.status).toBe(200);
  return sharp(Buffer.from(await response.arrayBuffer()), { animated: true }).metadata();
}

const publicImage = (query: string, name = 'a.png', headers: Record<string, string> = {}) =>
  server.fetch(`/render/image/public/open/${name}?${query}`, { token: '', headers });

const cachedFiles = async () => (await readdir(join(cacheDir.path, 'finished')).catch(() => [])).length;

beforeAll(async () => {
  cacheDir = await createTempDir('images');
  server = await startTestServer({ images: testImageSettings(cacheDir.path) });
  await server.client().createBucket('open', { public: true });
  await server.client().createBucket('closed', { public: false });
  await upload('a.png', await picture().png().toBuffer(), 'image/png');
  await upload('a.png', await picture().png().toBuffer(), 'image/png', 'closed');
});
afterAll(async () => {
  await server.stop();
  await cacheDir.remove();
});

describe('transformation', () => {
  it.each([
    ['width=100', 100, 50],
    ['height=100', 200, 100],
    ['width=100&height=100', 100, 100],
    ['width=100&height=100&resize=contain', 100, 50],
    ['width=100&height=100&resize=fill', 100, 100],
    ['width=9000', 400, 200],
    ['quality=20', 400, 200],
  ])('%s makes %i x %i', async (query, width, height) => {
    expect(await metadataOf(await publicImage(query))).toMatchObject({ width, height, format: 'png' });
  });

  it.each(['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'] as const)('reads %s', async (format) => {
    await upload(`in.${format}`, await picture().toFormat(format).toBuffer());
    const expected = { tiff: 'jpeg', avif: 'heif' } as const;
    const shown = await metadataOf(await publicImage('width=40', `in.${format}`));
    expect(shown).toMatchObject({ width: 40, height: 20, format: format === 'tiff' || format === 'avif' ? expected[format] : format });
  });

  it.each([
    ['format=webp', {}, 'image/webp'],
    ['format=avif', {}, 'image/avif'],
    ['format=origin', { accept: 'image/webp' }, 'image/png'],
    ['width=50', { accept: 'image/avif,image/webp,*/*' }, 'image/webp'],
    ['width=50', { accept: '*/*' }, 'image/png'],
  ])('%s with %o answers %s', async (query, headers, type) => {
    const response = await publicImage(query, 'a.png', headers);
    await response.arrayBuffer();
    expect(response.headers.get('content-type')).toBe(type);
  });

  it('turns pictures as their EXIF says and strips it', async () => {
    await upload('turned.jpg', await picture().withMetadata({ orientation: 6 }).jpeg().toBuffer());
    const shown = await metadataOf(await publicImage('width=100', 'turned.jpg'));
    expect(shown).toMatchObject({ width: 100, height: 200 });
    expect(shown.exif).toBeUndefined();
  });

  it('keeps the frames of an animation, and shows the first one in still formats', async () => {
    const frames = await Promise.all([10, 100, 200].map((r) => picture(100, 50).tint({ r, g: 0, b: 0 }).png().toBuffer()));
    await upload(
      'moving.gif',
      await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
    );
    expect(await metadataOf(await publicImage('width=20&format=webp', 'moving.gif'))).toMatchObject({
      width: 20,
      pageHeight: 10,
      pages: 3,
    });
    expect(await metadataOf(await publicImage('width=20&format=avif', 'moving.gif'))).toMatchObject({ width: 20, height: 10 });
  });

  it.each(['width=-1', 'width=abc', 'quality=10', 'quality=101', 'resize=zoom', 'format=bmp'])('refuses %s', async (query) => {
    const response = await publicImage(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ statusCode: '400', error: 'Error', code: 'InvalidRequest' });
  });
});

describe('caching', () => {
  it('makes a picture once, also for simultaneous requests', async () => {
    const before = await cachedFiles();
    const answers = await Promise.all(Array.from({ length: 10 }, () => publicImage('width=77')));
    const bodies = await Promise.all(answers.map(async (answer) => Buffer.from(await answer.arrayBuffer()).toString('base64')));
    expect(new Set(bodies).size).toBe(1);
    expect(await cachedFiles()).toBe(before + 1);
  });

  it('answers 304 to the tag it gave, and describes what it did', async () => {
    const first = await publicImage('width=78');
    await first.arrayBuffer();
    expect(first.headers.get('x-transformations')).toBe('width:78,resizing_type:fill');
    expect(first.headers.get('vary')).toBe('Accept');
    expect(first.headers.get('cache-control')).toBe('max-age=3600');
    const again = await publicImage('width=78', 'a.png', { 'if-none-match': first.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });

  it('serves the new picture after an overwrite', async () => {
    await upload('changing.png', await picture(100, 100).png().toBuffer());
    expect(await metadataOf(await publicImage('width=10', 'changing.png'))).toMatchObject({ height: 10 });
    await upload('changing.png', await picture(100, 50).png().toBuffer());
    expect(await metadataOf(await publicImage('width=10', 'changing.png'))).toMatchObject({ height: 5 });
  });
});

describe('access', () => {
  it('follows the policies on the authenticated route', async () => {
    const path = '/render/image/authenticated/closed/a.png?width=50';
    const refused = await server.fetch(path, { token: ANON_TOKEN });
    expect(await refused.json()).toMatchObject({ statusCode: '404' });
    expect(await metadataOf(await server.fetch(`/storage/v1${path}`))).toMatchObject({ width: 50 });
    expect((await server.fetch(path, { token: '' })).status).toBe(400);
    expect((await server.fetch('/render/image/public/closed/a.png?width=50', { token: '' })).status).toBe(400);
  });

  it('serves the client downloads and public links with a transformation', async () => {
    const { data } = await server
      .client()
      .from('closed')
      .download('a.png', { transform: { width: 30, height: 30, resize: 'cover' } });
    expect(await sharp(Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer())).metadata()).toMatchObject({ width: 30, height: 30 });
    const { data: link } = server
      .client()
      .from('open')
      .getPublicUrl('a.png', { transform: { width: 31 } });
    expect(await metadataOf(await fetch(link.publicUrl))).toMatchObject({ width: 31 });
  });

  it('binds a signed link to the picture that was signed', async () => {
    const { data } = await server
      .client()
      .from('closed')
      .createSignedUrl('a.png', 60, { transform: { width: 32, quality: 50 } });
    const link = data?.signedUrl ?? '';
    expect(link).toContain('/render/image/sign/closed/a.png?token=');
    expect(await metadataOf(await fetch(`${link}&width=400`))).toMatchObject({ width: 32 });
    const original = await fetch(link.replace('/render/image/sign/', '/object/sign/'));
    expect(await original.json()).toMatchObject({ code: 'InvalidSignature' });
  });
});

async function refusal(name: string): Promise<unknown> {
  const response = await publicImage('width=50', name);
  expect(response.status).toBe(400);
  return response.json();
}

describe('hostile sources', () => {
  it('refuses a bomb with more pixels than allowed, and lives on', async () => {
    await upload('bomb.png', await picture(3000, 3000).png().toBuffer());
    expect(await refusal('bomb.png')).toMatchObject({ statusCode: '422', message: 'The source image is too large to be transformed' });
    expect(await metadataOf(await publicImage('width=51'))).toMatchObject({ width: 51 });
  });

  it('refuses SVG without fetching what it points to', async () => {
    let fetches = 0;
    const listener = createServer((_request, response) => {
      fetches += 1;
      response.end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.once('listening', resolve));
    const address = listener.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="http://127.0.0.1:${port}/x.png" width="9" height="9"/></svg>`;
    await upload('a.svg', svg, 'image/svg+xml');
    await upload('disguised.png', svg, 'image/png');
    expect(await refusal('a.svg')).toMatchObject({ statusCode: '422', message: 'The source image format is not supported' });
    expect(await refusal('disguised.png')).toMatchObject({ statusCode: '422' });
    expect(fetches).toBe(0);
    await new Promise((resolve) => listener.close(resolve));
  });

  it('refuses damaged and empty files', async () => {
    const whole = await picture().jpeg().toBuffer();
    await upload('cut.jpg', whole.subarray(0, whole.length / 2), 'image/jpeg');
    await upload('head.png', Buffer.from('89504e470d0a1a0a0000', 'hex'), 'image/png');
    await upload('empty.png', '', 'image/png');
    for (const name of ['cut.jpg', 'head.png', 'empty.png']) expect(await refusal(name)).toMatchObject({ statusCode: '422' });
  });

  it('says so when the object is missing', async () => {
    expect(await refusal('none.png')).toMatchObject({ statusCode: '404', code: 'NoSuchKey' });
  });
});

it('leaves no temporary files behind', async () => {
  // A file goes once its answer is through.
  await expect.poll(() => readdir(join(cacheDir.path, 'temp'))).toEqual([]);
});

it('says that the feature is off when it is', async () => {
  const plain = await startTestServer();
  const answer = await plain.fetch('/render/image/public/open/a.png?width=1', { token: '' });
  expect(await answer.json()).toMatchObject({ code: 'FeatureNotEnabled' });
  await plain.stop();
});
