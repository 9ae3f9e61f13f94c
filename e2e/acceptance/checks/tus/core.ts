import { holds, same } from '../../assert.ts';
import { better, check } from '../../check.ts';
import type { World } from '../../world.ts';
import { begin, breakOff, CONTENT, head, holdsText, isAt, isUnknown, needTus, patch, PATH } from './requests.ts';

const NOWHERE = `${PATH}/${Buffer.from('none/none/00000000-0000-7000-8000-000000000000').toString('base64url')}`;

/** What a refused part leaves: an upload that is where it was. */
async function staysWhereItWas(world: World, headers: Readonly<Record<string, string>>, status: number, body = '34567'): Promise<void> {
  const { path } = await begin(world);
  await patch(world, path, 0, '012');
  const refused = await patch(world, path, 3, body, headers);
  same(refused.status, status, `status (${refused.text})`);
  await isAt(world, path, 3);
}

/** The core protocol: HEAD and PATCH. */
export const tusCoreChecks = [
  check('TUS core: HEAD of a new upload tells offset 0', 'full', async (world) => isAt(world, (await begin(world)).path, 0)),
  check('TUS core: HEAD tells the length', 'full', async (world) => {
    const { path } = await begin(world);
    same((await head(world, path)).headers['upload-length'], '10');
  }),
  check('TUS core: HEAD tells the offset after each part', 'full', async (world) => {
    const { path } = await begin(world);
    for (const offset of [0, 3, 6]) {
      await isAt(world, path, offset);
      await patch(world, path, offset, CONTENT.slice(offset, offset + 3));
    }
    await isAt(world, path, 9);
  }),
  check('TUS core: HEAD of a finished upload tells an offset that is the length', 'full', async (world) => {
    const { path } = await begin(world);
    await patch(world, path, 0, CONTENT);
    const { headers } = await head(world, path);
    same([headers['upload-offset'], headers['upload-length']], ['10', '10']);
  }),
  check('TUS core: HEAD may not be kept by caches', 'full', async (world) => {
    const { path } = await begin(world);
    same((await head(world, path)).headers['cache-control'], 'no-store');
  }),
  check('TUS core: HEAD of an upload that never was tells no offset', 'full', async (world) => {
    await needTus(world);
    isUnknown(await head(world, NOWHERE));
  }),
  better('TUS core: HEAD of what cannot be an upload is 404', 'full', async (world) => {
    await needTus(world);
    for (const id of ['x', '%20', 'YQ', '..', 'a'.repeat(600)]) {
      const { status } = await head(world, `${PATH}/${id}`);
      holds(status === 404, `status of ${id}`, status);
    }
  }),
  check('TUS core: a part is answered 204, with the new offset and without a body', 'full', async (world) => {
    const { path } = await begin(world);
    const { status, headers, text } = await patch(world, path, 0, '01234');
    same([status, headers['upload-offset'], text], [204, '5', '']);
  }),
  check('TUS core: parts add up to the object', 'full', async (world) => {
    const { bucket, path } = await begin(world);
    for (const [offset, part] of [
      [0, '0'],
      [1, '1234'],
      [5, '56789'],
    ] as const)
      same((await patch(world, path, offset, part)).status, 204);
    await holdsText(world, bucket, CONTENT);
  }),
  check('TUS core: nothing can be read before the last part', 'full', async (world) => {
    const { bucket, path } = await begin(world);
    await patch(world, path, 0, '012345678');
    same((await world.request('GET', `/object/${bucket}/up`)).status, 400);
  }),
  check('TUS core: a part of no bytes is taken and changes nothing', 'full', async (world) => {
    const { path } = await begin(world);
    const { status, headers } = await patch(world, path, 0, '');
    same([status, headers['upload-offset']], [204, '0']);
  }),
  check('TUS core: a part without a length of its own is taken', 'full', async (world) => {
    const { bucket, path } = await begin(world);
    same((await patch(world, path, 0, CONTENT, { 'transfer-encoding': 'chunked' })).status, 204);
    await holdsText(world, bucket, CONTENT);
  }),
  check('TUS core: the media type of a part is read without regard to case', 'full', async (world) => {
    const { path } = await begin(world);
    same((await patch(world, path, 0, '0', { 'content-type': 'Application/Offset+Octet-Stream' })).status, 204);
  }),
  ...[
    ['of another type', 'application/octet-stream'],
    ['of the type of a form', 'application/x-www-form-urlencoded'],
    ['without a type', ''],
  ].map(([what = '', type = '']) =>
    better(`TUS core: a part ${what} is 415 and changes nothing`, 'full', (world) => staysWhereItWas(world, { 'content-type': type }, 415)),
  ),
  check('TUS core: a part before the offset is 409 and changes nothing', 'full', (world) =>
    staysWhereItWas(world, { 'upload-offset': '2' }, 409),
  ),
  check('TUS core: a part after the offset is 409 and changes nothing', 'full', (world) =>
    staysWhereItWas(world, { 'upload-offset': '4' }, 409),
  ),
  better('TUS core: a part without an offset is 400 and changes nothing', 'full', (world) =>
    staysWhereItWas(world, { 'upload-offset': '' }, 400),
  ),
  ...['-3', '3.0', '0x3', 'three', '3,3', '1e0', '3 3'].map((offset) =>
    better(`TUS core: a part with the offset "${offset}" is 400 and changes nothing`, 'full', (world) =>
      staysWhereItWas(world, { 'upload-offset': offset }, 400),
    ),
  ),
  better('TUS core: a part that goes beyond the length is 413 and changes nothing', 'full', (world) =>
    staysWhereItWas(world, {}, 413, '3456789x'),
  ),
  check('TUS core: a part of an upload that never was is 404', 'full', async (world) => {
    await needTus(world);
    isUnknown(await patch(world, NOWHERE, 0, 'x'));
  }),
  check('TUS core: more bytes for a finished upload are refused, and the object stays', 'full', async (world) => {
    const { bucket, path } = await begin(world);
    await patch(world, path, 0, CONTENT);
    const { status } = await patch(world, path, 10, 'x');
    holds(status >= 400 && status < 500, 'status', status);
    await holdsText(world, bucket, CONTENT);
  }),
  check('TUS core: a part that breaks off counts as far as it came, and can be continued', 'full', async (world) => {
    const { bucket, path } = await begin(world);
    await breakOff(world, path, 0, '0123', CONTENT.length);
    let offset = 0;
    const deadline = Date.now() + 20_000;
    while (offset === 0 && Date.now() < deadline) offset = Number((await head(world, path)).headers['upload-offset']);
    same(offset, 4, 'offset after the connection broke');
    same((await patch(world, path, 4, CONTENT.slice(4))).status, 204);
    await holdsText(world, bucket, CONTENT);
  }),
  check('TUS core: of parts that are sent at once for one offset, one counts', 'full', async (world) => {
    const { bucket, path } = await begin(world);
    const bodies = ['aaaaaaaaaa', 'bbbbbbbbbb', 'cccccccccc'];
    const answers = await Promise.all(bodies.map((body) => patch(world, path, 0, body)));
    same(answers.filter(({ status }) => status === 204).length, 1, 'parts that counted');
    const { text } = await world.request('GET', `/object/${bucket}/up`);
    holds(bodies.includes(text), 'the object is one of the parts', text);
  }),
];
