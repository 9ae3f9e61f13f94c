import { holds, matches, same } from '../../assert.ts';
import { better, check } from '../../check.ts';
import {
  begin,
  CONTENT,
  create,
  digest,
  extensionsOf,
  head,
  holdsText,
  isAt,
  isUnknown,
  needTus,
  patch,
  PART_TYPE,
  PATH,
  terminate,
} from './requests.ts';

const DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Expiration, termination, checksums, and what is not offered. */
export const tusExtensionChecks = [
  check('TUS expiration: the creation tells when, as a date of HTTP in the future', 'full', async (world) => {
    await needTus(world, 'expiration');
    const { 'upload-expires': expires } = (await begin(world)).answer.headers;
    matches(expires, DATE, 'upload-expires');
    holds(Date.parse(expires ?? '') > Date.now(), 'it lies in the future', expires);
  }),
  check('TUS expiration: each part of an unfinished upload tells when', 'full', async (world) => {
    await needTus(world, 'expiration');
    const { path } = await begin(world);
    matches((await patch(world, path, 0, '012')).headers['upload-expires'], DATE, 'upload-expires');
  }),
  check('TUS expiration: a finished upload does not expire', 'full', async (world) => {
    await needTus(world, 'expiration');
    const { path } = await begin(world);
    same((await patch(world, path, 0, CONTENT)).headers['upload-expires'], undefined);
  }),
  check('TUS termination: is answered 204 without a body', 'full', async (world) => {
    await needTus(world, 'termination');
    const { status, text } = await terminate(world, (await begin(world)).path);
    same([status, text], [204, '']);
  }),
  check('TUS termination: the upload is unknown from then on, whatever is asked of it', 'full', async (world) => {
    await needTus(world, 'termination');
    const { path, bucket } = await begin(world);
    await patch(world, path, 0, '012');
    await terminate(world, path);
    for (const answer of [await head(world, path), await patch(world, path, 3, '345'), await terminate(world, path)]) isUnknown(answer);
    same((await world.request('GET', `/object/${bucket}/up`)).status, 400, 'status of the object');
  }),
  check('TUS termination: of what never was is 404', 'full', async (world) => {
    await needTus(world, 'termination');
    isUnknown(await terminate(world, `${PATH}/${Buffer.from('a/b/c').toString('base64url')}`));
  }),
  better('TUS termination: a finished upload stays, and so does its object', 'full', async (world) => {
    await needTus(world, 'termination');
    const { path, bucket } = await begin(world);
    await patch(world, path, 0, CONTENT);
    const { status } = await terminate(world, path);
    holds(status >= 400 && status < 500, 'status', status);
    await holdsText(world, bucket, CONTENT);
  }),
  check('TUS checksum: OPTIONS lists the algorithms, SHA-1 among them', 'full', async (world) => {
    const { headers } = await needTus(world, 'checksum');
    matches(headers['tus-checksum-algorithm'], /^[a-z0-9]+(?:,[a-z0-9]+)*$/, 'tus-checksum-algorithm');
    holds((headers['tus-checksum-algorithm'] ?? '').split(',').includes('sha1'), 'sha1 is listed', headers['tus-checksum-algorithm']);
  }),
  check('TUS checksum: parts that fit are taken, in every algorithm that is listed', 'full', async (world) => {
    const { headers } = await needTus(world, 'checksum');
    const { path } = await begin(world);
    const algorithms = (headers['tus-checksum-algorithm'] ?? '').split(',');
    for (const [offset, algorithm] of algorithms.entries()) {
      const part = String(offset);
      same((await patch(world, path, offset, part, { 'upload-checksum': digest(algorithm, part) })).status, 204, algorithm);
    }
  }),
  check('TUS checksum: a part that does not fit is 460, and is not kept', 'full', async (world) => {
    await needTus(world, 'checksum');
    const { path } = await begin(world);
    same((await patch(world, path, 0, '012', { 'upload-checksum': digest('sha1', '013') })).status, 460);
    await isAt(world, path, 0);
    same((await patch(world, path, 0, '012', { 'upload-checksum': digest('sha1', '012') })).status, 204);
  }),
  check('TUS checksum: the last part is checked too', 'full', async (world) => {
    await needTus(world, 'checksum');
    const { path, bucket } = await begin(world);
    same((await patch(world, path, 0, CONTENT, { 'upload-checksum': digest('sha1', 'x') })).status, 460);
    same((await world.request('GET', `/object/${bucket}/up`)).status, 400, 'status of the object');
  }),
  ...[
    ['an algorithm that is not offered', 'crc7 AAAA'],
    ['no value', 'sha1'],
    ['a value of the wrong length', 'sha1 AAAA'],
    ['a value that is no base64', `sha1 ${'!'.repeat(28)}`],
  ].map(([what = '', value = '']) =>
    better(`TUS checksum: ${what} is 400 and changes nothing`, 'full', async (world) => {
      await needTus(world, 'checksum');
      const { path } = await begin(world);
      same((await patch(world, path, 0, '012', { 'upload-checksum': value })).status, 400);
      await isAt(world, path, 0);
    }),
  ),
  better('TUS checksum: bytes that come with the creation are checked', 'full', async (world) => {
    await needTus(world, 'checksum');
    const bucket = await world.bucket();
    const along = { 'content-type': PART_TYPE };
    same((await create(world, bucket, { ...along, 'upload-checksum': digest('sha1', 'x') }, CONTENT)).status, 460);
    same((await world.request('GET', `/object/${bucket}/up`)).status, 400, 'status of the object');
    same((await create(world, bucket, { ...along, 'upload-checksum': digest('sha1', CONTENT) }, CONTENT)).status, 201);
  }),
  better('TUS concatenation: where it is not offered, nothing is made of parts of it', 'full', async (world) => {
    const answer = await needTus(world);
    if (extensionsOf(answer).includes('concatenation')) return;
    const bucket = await world.bucket();
    for (const value of ['partial', 'final;/a /b']) {
      const { status, headers } = await create(world, bucket, { 'upload-concat': value });
      holds(status >= 400 && status !== 500, `status of ${value}`, status);
      same(headers['location'], undefined);
    }
  }),
];
