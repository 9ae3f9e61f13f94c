import { createHash } from 'node:crypto';
import { better, check } from '../check.ts';
import { answered, failed, like, matches, same } from '../assert.ts';
import type { World } from '../world.ts';

const TEXT = 'hello wide world';
const ETAG = `"${createHash('md5').update(TEXT).digest('hex')}"`;

/** Path of a fresh object below the base URL, readable with the service key. */
async function objectPath(world: World, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const bucket = await world.bucket();
  await world.put(bucket, 'a.txt', TEXT, { 'cache-control': 'max-age=60', ...headers });
  return `/object/${bucket}/a.txt`;
}

const keysOf = (json: string) => Object.keys(JSON.parse(json));

export const errorChecks = [
  check('a missing object is HTTP 400 with the status in the body, keys in order', 'wire', async (world) => {
    const bucket = await world.bucket();
    const answer = await world.request('GET', `/object/${bucket}/none`);
    answered(answer, 400, '{"statusCode":"404","error":"not_found","message":"Object not found","code":"NoSuchKey"}');
    matches(answer.headers['content-type'], /^application\/json; charset=utf-8$/, 'content-type');
  }),
  check('a missing bucket says so', 'wire', async (world) => {
    const missing = world.name('missing');
    const text = '{"statusCode":"404","error":"Bucket not found","message":"Bucket not found","code":"NoSuchBucket"}';
    answered(await world.request('GET', `/bucket/${missing}`), 400, text);
    answered(await world.request('GET', `/object/public/${missing}/x`, { token: null }), 400, text);
  }),
  check('a taken bucket name and a taken key are duplicates', 'wire', async (world) => {
    const bucket = await world.bucket();
    failed(await world.request('POST', '/bucket', { json: { name: bucket } }), {
      statusCode: '409',
      error: 'Duplicate',
      message: 'The resource already exists',
    });
    await world.put(bucket, 'x', 'x');
    failed(await world.request('POST', `/object/${bucket}/x`, { body: 'y' }), {
      statusCode: '409',
      error: 'Duplicate',
      message: 'The resource already exists',
      code: 'KeyAlreadyExists',
    });
  }),
  check('too large, wrong type and no right have their statuses in the body', 'wire', async (world) => {
    const bucket = await world.bucket({ file_size_limit: 1, allowed_mime_types: ['text/plain'] });
    const post = (headers: Readonly<Record<string, string>>, body: string, token = world.options.serviceKey) =>
      world.request('POST', `/object/${bucket}/x`, { headers, body, token });
    failed(await post({ 'content-type': 'text/plain' }, 'xx'), {
      statusCode: '413',
      error: 'Payload too large',
      message: 'The object exceeded the maximum allowed size',
    });
    failed(await post({ 'content-type': 'image/png' }, 'x'), {
      statusCode: '415',
      error: 'invalid_mime_type',
      message: 'mime type image/png is not supported',
    });
    failed(await post({ 'content-type': 'text/plain' }, 'x', world.options.anonKey), {
      statusCode: '403',
      error: 'Unauthorized',
      message: 'new row violates row-level security policy',
    });
  }),
  check('a missing field is named', 'wire', async (world) => {
    const answer = await world.request('POST', '/bucket', { json: {} });
    answered(
      answer,
      400,
      `{"statusCode":"400","error":"Error","message":"body must have required property 'name'","code":"InvalidRequest"}`,
    );
  }),
  check('a missing Authorization header is named', 'wire', async (world) => {
    failed(await world.request('GET', '/bucket', { token: null }), {
      statusCode: '400',
      error: 'Error',
      message: "headers must have required property 'authorization'",
      code: 'InvalidRequest',
    });
  }),
  check('an unknown route answers 404 with a numeric status and its own key order', 'wire', async (world) => {
    const answer = await world.request('GET', '/nope-nope');
    same([answer.status, keysOf(answer.text)], [404, ['message', 'error', 'statusCode']]);
    like(answer.json(), { error: 'Not Found', statusCode: 404 });
  }),
  check('an empty JSON body is no JSON error, a broken one is a 400', 'wire', async (world) => {
    const headers = { 'content-type': 'application/json' };
    for (const body of ['{', '[]', '"x"', 'null']) same((await world.request('POST', '/bucket', { headers, body })).status, 400, body);
    const bucket = await world.bucket();
    same((await world.request('POST', `/bucket/${bucket}/empty`, { headers, body: '' })).status, 200, 'empty body');
  }),
];

export const answerChecks = [
  check('an upload answers Key and Id, in this order', 'wire', async (world) => {
    const bucket = await world.bucket();
    const answer = await world.request('POST', `/object/${bucket}/dir/x`, { body: 'x' });
    same([answer.status, keysOf(answer.text)], [200, ['Key', 'Id']]);
    like(answer.json(), { Key: `${bucket}/dir/x` });
  }),
  check('PUT of a missing key creates it', 'wire', async (world) => {
    const bucket = await world.bucket();
    const answer = await world.request('PUT', `/object/${bucket}/new`, { body: 'x' });
    same([answer.status, (await world.request('GET', `/object/${bucket}/new`)).text], [200, 'x']);
  }),
  check('a copy answers Key, Id and the row; a move its message', 'wire', async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a', 'a');
    const body = { bucketId: bucket, sourceKey: 'a', destinationKey: 'b' };
    const copied = await world.request('POST', '/object/copy', { json: body });
    same(keysOf(copied.text).slice(0, 2).toSorted(), ['Id', 'Key'], 'first keys');
    like(copied.json(), { Key: `${bucket}/b`, name: 'b', bucket_id: bucket });
    const moved = await world.request('POST', '/object/move', { json: { ...body, destinationKey: 'c' } });
    like(moved.json(), { message: 'Successfully moved' });
  }),
  check('bucket calls answer name and messages', 'wire', async (world) => {
    const name = world.name();
    answered(await world.request('POST', '/bucket', { json: { name } }), 200, `{"name":"${name}"}`);
    answered(await world.request('PUT', `/bucket/${name}`, { json: { public: true } }), 200, '{"message":"Successfully updated"}');
    const emptied = await world.request('POST', `/bucket/${name}/empty`, { json: {} });
    matches(emptied.text, /^\{"message":"Empty bucket has been queued\./, 'answer of empty');
    answered(await world.request('DELETE', `/bucket/${name}`), 200, '{"message":"Successfully deleted"}');
  }),
  check('sizes are decimal', 'wire', async (world) => {
    for (const [text, bytes] of [
      ['10MB', 10_000_000],
      ['1KB', 1000],
      ['3B', 3],
    ] as const) {
      const bucket = await world.bucket({ file_size_limit: text });
      like((await world.request('GET', `/bucket/${bucket}`)).json(), { file_size_limit: bytes });
    }
  }),
  check('a delete answers its message; a batch lists only what was deleted', 'wire', async (world) => {
    const bucket = await world.bucket();
    for (const key of ['a', 'b']) await world.put(bucket, key, key);
    answered(await world.request('DELETE', `/object/${bucket}/a`), 200, '{"message":"Successfully deleted"}');
    const batch = (prefixes: readonly string[], token = world.options.serviceKey) =>
      world.request('DELETE', `/object/${bucket}`, { json: { prefixes }, token });
    answered(await batch(['none']), 200, '[]');
    answered(await batch(['b'], world.options.anonKey), 200, '[]');
    const deleted: { name: string; bucket_id: string }[] = JSON.parse((await batch(['b', 'none'])).text);
    same(
      deleted.map(({ name, bucket_id }) => [name, bucket_id]),
      [['b', bucket]],
    );
    failed(await world.request('DELETE', `/object/${bucket}/a`), { statusCode: '404' });
  }),
  check('info tells id, size, type, tag and times', 'wire', async (world) => {
    const path = await objectPath(world);
    const info: Record<string, unknown> = JSON.parse((await world.request('GET', path.replace('/object/', '/object/info/'))).text);
    like(info, { name: 'a.txt', size: 16, content_type: 'text/plain', cache_control: 'max-age=60', etag: ETAG, metadata: {} });
    for (const field of ['id', 'version', 'bucket_id', 'last_modified', 'created_at']) same(typeof info[field], 'string', field);
  }),
  check('every answer with an object carries its headers', 'wire', async (world) => {
    const path = await objectPath(world);
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await world.request(method, path);
      same(status, 200);
      like(headers, {
        'content-length': '16',
        'content-type': 'text/plain',
        etag: ETAG,
        'cache-control': 'max-age=60',
        'accept-ranges': 'bytes',
        'x-robots-tag': 'none',
      });
      matches(headers['last-modified'], /GMT$/, 'last-modified');
    }
  }),
  check('an object without a cache time is no-cache', 'wire', async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a', 'a');
    same((await world.request('GET', `/object/${bucket}/a`)).headers['cache-control'], 'no-cache');
  }),
  check('download= names the file', 'wire', async (world) => {
    const path = await objectPath(world);
    const disposition = async (query: string) => (await world.request('GET', `${path}?${query}`)).headers['content-disposition'];
    same(await disposition('download=x%20y'), "attachment; filename=x%20y; filename*=UTF-8''x%20y");
    same(await disposition('download='), 'attachment');
    same((await world.request('GET', path)).headers['content-disposition'], undefined);
  }),
  check('HTML is not served as HTML', 'wire', async (world) => {
    const path = await objectPath(world, { 'content-type': 'text/html' });
    same((await world.request('GET', path)).headers['content-type'], 'text/plain');
  }),
  check('features that are not switched on say so', 'wire', async (world) => {
    const answer = await world.request('POST', '/vector/ListVectorBuckets', { json: {} });
    same(answer.status >= 400 && answer.status < 500, true, `status ${answer.status}`);
  }),
];

export const rangeChecks = [
  ...(
    [
      ['bytes=0-4', 'hello', '0-4'],
      ['bytes=-5', 'world', '11-15'],
      ['bytes=11-', 'world', '11-15'],
      ['bytes=11-999', 'world', '11-15'],
    ] as const
  ).map(([range, text, covered]) =>
    check(`range ${range} answers 206`, 'wire', async (world) => {
      const { status, text: got, headers } = await world.request('GET', await objectPath(world), { headers: { range } });
      same([status, got, headers['content-range'], headers['content-length']], [206, text, `bytes ${covered}/16`, String(text.length)]);
    }),
  ),
  ...['bytes=5-4', 'bytes=16-', 'bytes=0-1,3-4'].map((range) =>
    check(`range ${range} answers 416`, 'wire', async (world) => {
      const answer = await world.request('GET', await objectPath(world), { headers: { range } });
      failed(answer, { statusCode: '416' }, 416);
    }),
  ),
  check('If-None-Match spares the body', 'wire', async (world) => {
    const path = await objectPath(world);
    const hit = await world.request('GET', path, { headers: { 'if-none-match': ETAG } });
    same([hit.status, hit.text], [304, '']);
    same((await world.request('HEAD', path, { headers: { 'if-none-match': ETAG } })).status, 304);
  }),
  check('an If-None-Match of another version adds stale-while-revalidate', 'wire', async (world) => {
    const { status, headers } = await world.request('GET', await objectPath(world), { headers: { 'if-none-match': '"other"' } });
    same([status, headers['cache-control']], [200, 'max-age=60, stale-while-revalidate=30']);
  }),
  check('If-Modified-Since spares the body', 'wire', async (world) => {
    const path = await objectPath(world);
    const since = (date: Date) => world.request('GET', path, { headers: { 'if-modified-since': date.toUTCString() } });
    same((await since(new Date(Date.now() + 60_000))).status, 304);
    same((await since(new Date(0))).status, 200);
  }),
  better('If-Match guards a download', 'wire', async (world) => {
    const path = await objectPath(world);
    same((await world.request('GET', path, { headers: { 'if-match': ETAG } })).status, 200);
    same((await world.request('GET', path, { headers: { 'if-match': '"other"' } })).status, 412);
  }),
  better('Content-MD5 of an upload is checked', 'wire', async (world) => {
    const bucket = await world.bucket();
    const put = (text: string) =>
      world.request('PUT', `/object/${bucket}/x`, {
        body: 'body',
        headers: { 'content-md5': createHash('md5').update(text).digest('base64') },
      });
    same((await put('other')).status, 400);
    same((await world.request('GET', `/object/${bucket}/x`)).status, 400, 'nothing was stored');
    same((await put('body')).status, 200);
  }),
];
