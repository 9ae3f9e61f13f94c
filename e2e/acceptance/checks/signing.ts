import { check } from '../check.ts';
import { answered, data, failed, holds, like, matches, refused, same } from '../assert.ts';
import { decodeToken } from '../token.ts';
import type { World } from '../world.ts';

async function withObject(world: World, key = 'dir/a.txt'): Promise<string> {
  const bucket = await world.bucket();
  await world.put(bucket, key, 'signed text');
  return bucket;
}

const tokenOf = (url: string) => new URL(url, 'http://host').searchParams.get('token') ?? '';

async function sign(world: World, bucket: string, key = 'dir/a.txt'): Promise<string> {
  const answer = await world.request('POST', `/object/sign/${bucket}/${key}`, { json: { expiresIn: 60 } });
  const body: { signedURL: string } = JSON.parse(answer.text);
  return body.signedURL;
}

export const signingChecks = [
  check('a signed link may name the download', 'core', async (world) => {
    const bucket = await withObject(world, 'dir/ä b.txt');
    const link = data(await world.client().from(bucket).createSignedUrl('dir/ä b.txt', 60, { download: 'my file.txt' }));
    const response = await fetch(link.signedUrl);
    same(await response.text(), 'signed text');
    same(response.headers.get('content-disposition'), "attachment; filename=my%20file.txt; filename*=UTF-8''my%20file.txt");
  }),
  check('links are signed in batches, with an error for what is missing', 'core', async (world) => {
    const bucket = await withObject(world);
    const links = data(await world.client().from(bucket).createSignedUrls(['dir/a.txt', 'none'], 60));
    same(await (await fetch(links[0]?.signedUrl ?? '')).text(), 'signed text');
    same(links[1]?.error, 'Either the object does not exist or you do not have access to it');
  }),
  check('a signed upload link takes one upload, to one path only', 'core', async (world) => {
    const files = world.client().from(await world.bucket());
    const { token } = data(await files.createSignedUploadUrl('up.txt'));
    like(data(await files.uploadToSignedUrl('up.txt', token, Buffer.from('first'), { contentType: 'text/plain' })), { path: 'up.txt' });
    refused(await files.uploadToSignedUrl('up.txt', token, 'second', { contentType: 'text/plain' }), { statusCode: '409' });
    refused(await files.uploadToSignedUrl('elsewhere.txt', token, 'x', { contentType: 'text/plain' }));
    same(await data(await files.download('up.txt')).text(), 'first');
    const again = data(await files.createSignedUploadUrl('up.txt', { upsert: true }));
    data(await files.uploadToSignedUrl('up.txt', again.token, new Blob(['third'])));
    same(await data(await files.download('up.txt')).text(), 'third');
  }),
  check('a download token does not upload, nor the other way round, nor log in', 'core', async (world) => {
    const bucket = await withObject(world);
    const files = world.client().from(bucket);
    const download = tokenOf(await sign(world, bucket));
    refused(await files.uploadToSignedUrl('dir/a.txt', download, 'x', { contentType: 'text/plain' }));
    same(await data(await files.download('dir/a.txt')).text(), 'signed text');
    const upload = data(await files.createSignedUploadUrl('only-up'));
    failed(await world.request('GET', `/object/sign/${bucket}/only-up?token=${upload.token}`, { token: null }), { statusCode: '400' });
    const asLogin = await world.request('GET', `/object/authenticated/${bucket}/dir/a.txt`, { token: download });
    same(asLogin.status, 400);
  }),
  check('a link dies with its time', 'core', async (world) => {
    const bucket = await withObject(world);
    const answer = await world.request('POST', `/object/sign/${bucket}/dir/a.txt`, { json: { expiresIn: 1 } });
    const { signedURL }: { signedURL: string } = JSON.parse(answer.text);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    failed(await world.request('GET', signedURL, { token: null }), { statusCode: '400', error: 'InvalidJWT' });
  }),
  check('signing what is missing or hidden fails', 'core', async (world) => {
    const bucket = await withObject(world);
    refused(await world.client().from(bucket).createSignedUrl('none', 60), { statusCode: '404' });
    refused(await world.client(world.options.anonKey).from(bucket).createSignedUrl('dir/a.txt', 60), { statusCode: '404' });
    refused(await world.client(world.options.anonKey).from(bucket).createSignedUploadUrl('mine'), { statusCode: '403' });
  }),
  check('a signed GET sends Expires and no Cache-Control', 'wire', async (world) => {
    const bucket = await withObject(world);
    const { headers } = await world.request('GET', await sign(world, bucket), { token: null });
    matches(headers['expires'], /GMT$/, 'expires');
    same(headers['cache-control'], undefined, 'cache-control');
    same(headers['x-robots-tag'], 'none', 'x-robots-tag');
  }),
  check('a signed link is /object/sign/<bucket>/<key>?token=<jwt>', 'wire', async (world) => {
    const bucket = await withObject(world);
    const link = await sign(world, bucket);
    holds(link.startsWith(`/object/sign/${bucket}/dir/a.txt?token=ey`), 'form of the link', link);
  }),
  check('a signed token is HS256 without typ, claims in the order url, scope, iat, exp', 'wire', async (world) => {
    const bucket = await withObject(world);
    const { header, payload } = decodeToken(tokenOf(await sign(world, bucket)));
    same(header, '{"alg":"HS256"}', 'header');
    const claims: Record<string, unknown> = JSON.parse(payload);
    same(Object.keys(claims), ['url', 'scope', 'iat', 'exp'], 'claims');
    same([claims['url'], Number(claims['exp']) - Number(claims['iat'])], [`${bucket}/dir/a.txt`, 60]);
  }),
  check('an upload token adds upsert and lives for hours', 'wire', async (world) => {
    const bucket = await world.bucket();
    const answer = await world.request('POST', `/object/upload/sign/${bucket}/x`, { json: {}, headers: { 'x-upsert': 'true' } });
    const body: { url: string; token: string } = JSON.parse(answer.text);
    same(tokenOf(body.url), body.token, 'token in the url');
    const claims: Record<string, unknown> = JSON.parse(decodeToken(body.token).payload);
    like(claims, { url: `${bucket}/x`, upsert: true });
    same(Number(claims['exp']) - Number(claims['iat']) >= 60, true, 'life');
  }),
  check('a batch answers error, path and signedURL per key, null for what is missing', 'wire', async (world) => {
    const bucket = await withObject(world);
    const answer = await world.request('POST', `/object/sign/${bucket}`, { json: { expiresIn: 60, paths: ['none', 'dir/a.txt'] } });
    const [missing, found]: Record<string, unknown>[] = JSON.parse(answer.text);
    same(missing, { error: 'Either the object does not exist or you do not have access to it', path: 'none', signedURL: null });
    like(found, { error: null, path: 'dir/a.txt' });
  }),
  check('signing demands expiresIn', 'wire', async (world) => {
    const bucket = await withObject(world);
    failed(await world.request('POST', `/object/sign/${bucket}/dir/a.txt`, { json: {} }), {
      error: 'Error',
      message: "body must have required property 'expiresIn'",
    });
  }),
  check('a signed link without its token is refused', 'wire', async (world) => {
    const bucket = await withObject(world);
    failed(await world.request('GET', `/object/sign/${bucket}/dir/a.txt`, { token: null }), {
      message: "querystring must have required property 'token'",
      code: 'InvalidRequest',
    });
  }),
  check('signing a missing key answers 404 in the body', 'wire', async (world) => {
    const bucket = await withObject(world);
    const answer = await world.request('POST', `/object/sign/${bucket}/none`, { json: { expiresIn: 60 } });
    answered(answer, 400, '{"statusCode":"404","error":"not_found","message":"Object not found","code":"NoSuchKey"}');
  }),
];
