import { holds, matches, same } from '../../assert.ts';
import { better, check, Skip } from '../../check.ts';
import { begin, CONTENT, create, encoded, head, holdsText, isAt, metadataOf, needTus, patch, PART_TYPE, pathOf } from './requests.ts';

const DEFERRED = { 'upload-length': '', 'upload-defer-length': '1' };
const ALONG = { 'content-type': PART_TYPE };

const REFUSED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'neither a length nor the word that it comes later': { 'upload-length': '' },
  'a length and the word that it comes later': { 'upload-defer-length': '1' },
  'a negative length': { 'upload-length': '-1' },
  'a length with a fraction': { 'upload-length': '1.5' },
  'a length in words': { 'upload-length': 'ten' },
  'two lengths': { 'upload-length': '10,10' },
  'another word than 1 for a length that comes later': { 'upload-length': '', 'upload-defer-length': '2' },
};

/** Creation, with a length that may come later and bytes that may come along, and its metadata. */
export const tusCreationChecks = [
  check('TUS creation: is answered 201 with a Location that works', 'full', async (world) => {
    const { path } = await begin(world);
    await isAt(world, path, 0);
  }),
  check('TUS creation: each has a Location of its own', 'full', async (world) => {
    const { path, bucket } = await begin(world);
    const other = pathOf(world, (await create(world, bucket)).headers['location']);
    holds(path !== other, 'the Locations differ', other);
  }),
  ...Object.entries(REFUSED).map(([what, headers]) =>
    check(`TUS creation: ${what} is 400`, 'full', async (world) => {
      await needTus(world);
      const answer = await create(world, await world.bucket(), headers);
      same([answer.status, answer.headers['location']], [400, undefined]);
    }),
  ),
  check('TUS creation: more than the server takes is 413', 'full', async (world) => {
    const limit = (await needTus(world)).headers['tus-max-size'];
    if (limit === undefined) throw new Skip('unsupported: the server tells no largest size');
    same((await create(world, await world.bucket(), { 'upload-length': String(Number(limit) + 1) })).status, 413);
  }),
  check('TUS creation: an upload of no bytes is finished at once', 'full', async (world) => {
    const { path, bucket } = await begin(world, { 'upload-length': '0' });
    const { headers } = await head(world, path);
    same([headers['upload-offset'], headers['upload-length']], ['0', '0']);
    await holdsText(world, bucket, '');
  }),
  check('TUS creation: a length that is not known yet is told as such', 'full', async (world) => {
    const { path } = await begin(world, DEFERRED);
    const { headers } = await head(world, path);
    same([headers['upload-defer-length'], headers['upload-length'], headers['upload-offset']], ['1', undefined, '0']);
  }),
  check('TUS creation: a length that comes with a part is told from then on', 'full', async (world) => {
    const { path } = await begin(world, DEFERRED);
    same((await patch(world, path, 0, '012', { 'upload-length': '10' })).status, 204);
    const { headers } = await head(world, path);
    same([headers['upload-defer-length'], headers['upload-length']], [undefined, '10']);
  }),
  check('TUS creation: an upload ends where its late length says', 'full', async (world) => {
    const { path, bucket } = await begin(world, DEFERRED);
    await patch(world, path, 0, CONTENT);
    same((await patch(world, path, 10, '', { 'upload-length': '10' })).status, 204);
    await holdsText(world, bucket, CONTENT);
  }),
  check('TUS creation: a length that is known cannot be changed', 'full', async (world) => {
    const { path } = await begin(world, DEFERRED);
    await patch(world, path, 0, '012', { 'upload-length': '10' });
    same((await patch(world, path, 3, '345', { 'upload-length': '6' })).status, 400);
    same((await head(world, path)).headers['upload-length'], '10');
  }),
  better('TUS creation: a late length below what is there is 400', 'full', async (world) => {
    const { path } = await begin(world, DEFERRED);
    await patch(world, path, 0, CONTENT);
    same((await patch(world, path, 10, '', { 'upload-length': '3' })).status, 400);
    await isAt(world, path, 10);
  }),
  check('TUS creation: a late length beyond the limit of the bucket is 413', 'full', async (world) => {
    await needTus(world);
    const bucket = await world.bucket({ file_size_limit: 5 });
    const path = pathOf(world, (await create(world, bucket, DEFERRED)).headers['location']);
    same((await patch(world, path, 0, '', { 'upload-length': '6' })).status, 413);
  }),
  better('TUS metadata: comes back as it was sent, with keys that have no value', 'full', async (world) => {
    await needTus(world);
    const bucket = await world.bucket();
    const sent = `${metadataOf(bucket, 'up')},flag,empty ,binary ${Buffer.from([0, 255, 254]).toString('base64')}`;
    const { headers } = await create(world, bucket, { 'upload-metadata': sent });
    same((await head(world, pathOf(world, headers['location']))).headers['upload-metadata'], sent);
  }),
  ...[
    ['values that are no base64', 'x !!!!'],
    ['a key twice', `a ${encoded('1')},a ${encoded('2')}`],
    ['a key with nothing in front of the comma', `,a ${encoded('1')}`],
    ['three words', `a ${encoded('1')} ${encoded('2')}`],
  ].map(([what, more]) =>
    better(`TUS metadata: ${what} is 400`, 'full', async (world) => {
      await needTus(world);
      const bucket = await world.bucket();
      const answer = await create(world, bucket, { 'upload-metadata': `${metadataOf(bucket, 'up')},${more}` });
      same([answer.status, answer.headers['location']], [400, undefined]);
    }),
  ),
  better('TUS metadata: values are UTF-8', 'full', async (world) => {
    await needTus(world);
    const bucket = await world.bucket();
    const metadata = metadataOf(bucket, 'Grüße/日本.txt');
    same((await create(world, bucket, { 'upload-metadata': metadata, ...ALONG }, CONTENT)).status, 201);
    const path = ['Grüße', '日本.txt'].map(encodeURIComponent).join('/');
    same((await world.request('GET', `/object/${bucket}/${path}`)).text, CONTENT);
  }),
  check('TUS creation with upload: some bytes come along, the others later', 'full', async (world) => {
    const { path, bucket, answer } = await begin(world, ALONG, '0123');
    same(answer.headers['upload-offset'], '4');
    await isAt(world, path, 4);
    await patch(world, path, 4, CONTENT.slice(4));
    await holdsText(world, bucket, CONTENT);
  }),
  check('TUS creation with upload: all bytes come along', 'full', async (world) => {
    const { path, bucket, answer } = await begin(world, ALONG, CONTENT);
    same(answer.headers['upload-offset'], '10');
    await isAt(world, path, 10);
    await holdsText(world, bucket, CONTENT);
  }),
  check('TUS creation with upload: bytes come along while the length is unknown', 'full', async (world) => {
    const { path, answer } = await begin(world, { ...DEFERRED, ...ALONG }, '0123');
    same(answer.headers['upload-offset'], '4');
    await isAt(world, path, 4);
  }),
  better('TUS creation with upload: bytes of another type are not taken for the upload', 'full', async (world) => {
    await needTus(world);
    const bucket = await world.bucket();
    const answer = await create(world, bucket, { 'content-type': 'text/plain' }, '0123');
    if (answer.status === 201) await isAt(world, pathOf(world, answer.headers['location']), 0);
    else same(answer.status, 415);
  }),
  better('TUS creation with upload: more bytes than the length are 413 and make no object', 'full', async (world) => {
    await needTus(world);
    const bucket = await world.bucket();
    same((await create(world, bucket, ALONG, `${CONTENT}x`)).status, 413);
    matches((await world.request('GET', `/object/${bucket}/up`)).text, /not_found/, 'error');
  }),
];
