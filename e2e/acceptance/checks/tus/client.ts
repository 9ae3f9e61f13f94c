import { randomBytes } from 'node:crypto';
import { type HttpResponse, Upload } from 'tus-js-client';
import { data, holds, like, matches, same } from '../../assert.ts';
import { check } from '../../check.ts';
import type { World } from '../../world.ts';
import { create, digest, encoded, EXTENSIONS, metadataOf, needTus, patch, PATH, pathOf, VERSION } from './requests.ts';

const PART_BYTES = 6 * 1024 * 1024;

interface Sent {
  readonly body: Buffer;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly key?: string;
}

/** Uploads with tus-js-client; resolves when the server has it all. */
function upload(
  world: World,
  bucket: string,
  { body, token = world.options.serviceKey, headers = {}, path = PATH, key = 'up' }: Sent,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    new Upload(body, {
      endpoint: `${world.options.url}${path}`,
      chunkSize: PART_BYTES,
      retryDelays: null,
      uploadDataDuringCreation: true,
      headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), ...headers },
      metadata: { bucketName: bucket, objectName: key, contentType: 'image/x', cacheControl: '60' },
      onError: reject,
      onSuccess: ({ lastResponse }) => resolve(lastResponse),
    }).start();
  });
}

export const tusChecks = [
  ...[0, 1000, PART_BYTES + 1000].map((size) =>
    check(`TUS: ${size} bytes arrive by the official client`, 'full', async (world) => {
      await needTus(world);
      const bucket = await world.bucket();
      const body = randomBytes(size);
      await upload(world, bucket, { body });
      const blob = data(await world.client().from(bucket).download('up'));
      same(blob.type, 'image/x');
      holds(Buffer.from(await blob.arrayBuffer()).equals(body), 'the bytes are the same');
      like(data(await world.client().from(bucket).info('up')), { cacheControl: 'max-age=60', size });
    }),
  ),
  check('TUS: OPTIONS tells version and extensions, without a token', 'full', async (world) => {
    await needTus(world);
    const { status, headers } = await world.request('OPTIONS', PATH, { token: null });
    holds(status === 204 || status === 200, 'status', status);
    same(headers['tus-version'], '1.0.0');
    for (const extension of EXTENSIONS)
      holds((headers['tus-extension'] ?? '').split(',').includes(extension), `extension ${extension}`, headers['tus-extension']);
  }),
  check('TUS: the Location is the base and base64url of bucket, key and version', 'full', async (world) => {
    await needTus(world);
    const bucket = await world.bucket();
    const { status, headers } = await create(world, bucket);
    same(status, 201);
    const path = pathOf(world, headers['location']);
    holds(path.startsWith(`${PATH}/`), 'path of the Location', path);
    matches(Buffer.from(path.slice(PATH.length + 1), 'base64url').toString(), new RegExp(`^${bucket}/up/[^/]+$`), 'decoded id');
    matches(headers['upload-expires'], /GMT$/, 'upload-expires');
  }),
  check('TUS: an upload is resumed where it broke off', 'full', async (world) => {
    await needTus(world);
    const bucket = await world.bucket();
    const path = pathOf(world, (await create(world, bucket)).headers['location']);
    const first = await patch(world, path, 0, 'hello');
    same([first.status, first.headers['upload-offset']], [204, '5']);
    same((await world.request('GET', `/object/${bucket}/up`)).status, 400, 'nothing to read yet');
    const head = await world.request('HEAD', path, { headers: VERSION, token: null });
    same([head.status, head.headers['upload-offset'], head.headers['upload-length']], [200, '5', '10']);
    same((await patch(world, path, 5, 'world')).status, 204);
    same((await world.request('GET', `/object/${bucket}/up`)).text, 'helloworld');
  }),
  check('TUS: a part at the wrong offset is refused in plain text', 'full', async (world) => {
    await needTus(world);
    const path = pathOf(world, (await create(world, await world.bucket())).headers['location']);
    const answer = await patch(world, path, 3, 'x');
    same(answer.status, 409);
    matches(answer.headers['content-type'], /^text\/plain/, 'content-type');
  }),
  check('TUS: the length may come later', 'full', async (world) => {
    await needTus(world);
    const bucket = await world.bucket();
    const headers = { ...VERSION, 'upload-defer-length': '1', 'upload-metadata': metadataOf(bucket, 'up') };
    const created = await world.request('POST', PATH, { headers });
    same(created.status, 201);
    same((await patch(world, pathOf(world, created.headers['location']), 0, 'late', { 'upload-length': '4' })).status, 204);
    same((await world.request('GET', `/object/${bucket}/up`)).text, 'late');
  }),
  check('TUS: a terminated upload is gone', 'full', async (world) => {
    await needTus(world);
    const path = pathOf(world, (await create(world, await world.bucket())).headers['location']);
    same((await world.request('DELETE', path, { headers: VERSION })).status, 204);
    const { status } = await world.request('HEAD', path, { headers: VERSION });
    holds(status === 404 || status === 410, 'status', status);
  }),
  check('TUS: a key that is taken needs x-upsert', 'full', async (world) => {
    await needTus(world);
    const bucket = await world.bucket();
    await upload(world, bucket, { body: Buffer.from('one') });
    same((await create(world, bucket, { 'upload-length': '3' })).status, 409);
    await upload(world, bucket, { body: Buffer.from('two'), headers: { 'x-upsert': 'true' } });
    same((await world.request('GET', `/object/${bucket}/up`)).text, 'two');
  }),
  check('TUS: limits of the bucket and rights of the caller hold', 'full', async (world) => {
    await needTus(world);
    const bucket = await world.bucket({ file_size_limit: 5, allowed_mime_types: ['text/plain'] });
    same((await create(world, bucket, { 'upload-length': '6' })).status, 413);
    const image = metadataOf(bucket, 'up').replace(encoded('text/plain'), encoded('image/png'));
    same((await create(world, bucket, { 'upload-length': '1', 'upload-metadata': image })).status, 415);
    const anon = await create(world, bucket, { 'upload-length': '1', authorization: `Bearer ${world.options.anonKey}` });
    holds(anon.status === 403 || anon.status === 400, 'status without rights', anon.status);
  }),
  check('TUS: a signed upload link needs no token', 'full', async (world) => {
    await needTus(world);
    const bucket = await world.bucket();
    const { token } = data(await world.client().from(bucket).createSignedUploadUrl('up'));
    await upload(world, bucket, { body: Buffer.from('signed'), token: '', headers: { 'x-signature': token }, path: `${PATH}/sign` });
    same((await world.request('GET', `/object/${bucket}/up`)).text, 'signed');
  }),
  check('TUS: a checksum that does not fit is refused, where checksums are offered', 'full', async (world) => {
    await needTus(world, 'checksum');
    const bucket = await world.bucket();
    const path = pathOf(world, (await create(world, bucket, { 'upload-length': '4' })).headers['location']);
    same((await patch(world, path, 0, 'good', { 'upload-checksum': digest('sha1', 'evil') })).status, 460);
    same((await patch(world, path, 0, 'good', { 'upload-checksum': digest('sha1', 'good') })).status, 204);
    same((await world.request('GET', `/object/${bucket}/up`)).text, 'good');
  }),
];
