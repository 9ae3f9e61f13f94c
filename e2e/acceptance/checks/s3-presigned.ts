import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { better, check } from '../check.ts';
import { holds, matches, same } from '../assert.ts';
import { type Call, send } from '../http.ts';
import { s3Of } from '../s3.ts';

/** Sends what a presigned URL asks for, exactly as it is. */
function follow(method: string, url: string, call: Call = {}) {
  const { pathname, search } = new URL(url);
  return send(url, method, `${pathname}${search}`, call);
}

const EXPIRY = { expiresIn: 60 };

export const s3PresignedChecks = [
  check('S3: a presigned URL downloads and uploads without a key', 'full', async (world) => {
    const s3 = await s3Of(world);
    const at = { Bucket: await world.bucket(), Key: 'dir/ä b.txt' };
    const put = await follow('PUT', await getSignedUrl(s3, new PutObjectCommand(at), EXPIRY), { body: 'presigned' });
    same(put.status, 200, put.text);
    const got = await follow('GET', await getSignedUrl(s3, new GetObjectCommand(at), EXPIRY));
    same([got.status, got.text], [200, 'presigned']);
  }),
  check('S3: a presigned URL is good for its object, method and time only', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    for (const key of ['a', 'b']) await world.put(Bucket, key, key);
    const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a' }), EXPIRY);
    same((await follow('GET', url.replace('/a?', '/b?'))).status, 403);
    same((await follow('PUT', url, { body: 'x' })).status, 403);
    same((await follow('DELETE', url)).status, 403);
    same((await follow('GET', url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).status, 403);
    const past = new Date(Date.now() - 120_000);
    same(
      (await follow('GET', await getSignedUrl(s3, new GetObjectCommand({ Bucket, Key: 'a' }), { ...EXPIRY, signingDate: past }))).status,
      403,
    );
    same((await world.request('GET', `/object/${Bucket}/a`)).text, 'a');
  }),
  better('S3: a presigned upload does not copy what an unsigned header names', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    await world.put(Bucket, 'secret', 'secret');
    const url = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: 'x' }), EXPIRY);
    const answer = await follow('PUT', url, { body: '', headers: { 'x-amz-copy-source': `${Bucket}/secret` } });
    same(answer.status, 403, answer.text);
    same((await world.request('GET', `/object/${Bucket}/x`)).status, 400, 'nothing was stored');
  }),
  better('S3: requests signed too long ago are refused', 'full', async (world) => {
    const s3 = await s3Of(world, { systemClockOffset: -20 * 60_000 });
    const Bucket = await world.bucket();
    await world.put(Bucket, 'a', 'a');
    const refusal: unknown = await s3
      .send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }))
      .catch((error: unknown) => error);
    matches(refusal instanceof Error ? refusal.name : undefined, /^RequestTimeTooSkewed$/, 'code');
    same((await world.request('GET', `/object/${Bucket}/b`)).status, 400, 'nothing was stored');
  }),
  check('S3: a form with a policy uploads what the policy allows', 'full', async (world) => {
    const s3 = await s3Of(world);
    const Bucket = await world.bucket();
    const { url, fields } = await createPresignedPost(s3, {
      Bucket,
      Key: 'up/${filename}',
      Conditions: [
        ['starts-with', '$key', 'up/'],
        ['content-length-range', 1, 10],
      ],
      Expires: 60,
    });
    const post = (body: string, changes: Readonly<Record<string, string>> = {}) => {
      const form = new FormData();
      for (const [name, value] of Object.entries({ ...fields, ...changes })) form.append(name, value);
      form.append('file', new Blob([body]), 'f.txt');
      return fetch(url, { method: 'POST', body: form });
    };
    const taken = await post('formed');
    holds(taken.ok, `status ${taken.status}: ${(await taken.text()).slice(0, 300)}`);
    same((await world.request('GET', `/object/${Bucket}/up/f.txt`)).text, 'formed');
    holds(!(await post('far too long a body')).ok, 'a body beyond the range is refused');
    holds(!(await post('x', { key: 'elsewhere/x' })).ok, 'another key is refused');
    holds(!(await post('x', { 'X-Amz-Signature': '0'.repeat(64) })).ok, 'a wrong signature is refused');
  }),
];
