import { check } from '../check.ts';
import { answered, data, failed, like, same } from '../assert.ts';
import type { World } from '../world.ts';

const TREE = ['a.txt', 'b.txt', 'dir/c.txt', 'dir/deep/d.txt', 'dir2/e.txt', 'z.txt'];
const UPLOADERS = 16;

async function filled(world: World, keys: readonly string[] = TREE): Promise<string> {
  const bucket = await world.bucket();
  const queue = [...keys];
  const upload = async () => {
    for (let key = queue.shift(); key !== undefined; key = queue.shift()) await world.put(bucket, key, key);
  };
  await Promise.all(Array.from({ length: UPLOADERS }, upload));
  return bucket;
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `n${String(index).padStart(5, '0')}`);

interface Page {
  readonly hasNext: boolean;
  readonly nextCursor?: string;
  readonly nextCursorKey?: string;
  readonly folders: readonly { readonly name: string; readonly key?: string }[];
  readonly objects: readonly { readonly name: string; readonly key?: string }[];
}

async function pageOf(world: World, bucket: string, body: unknown): Promise<Page> {
  const answer = await world.request('POST', `/object/list-v2/${bucket}`, { json: body });
  same(answer.status, 200, answer.text);
  const page: Page = JSON.parse(answer.text);
  return page;
}

async function walk(world: World, bucket: string, body: Readonly<Record<string, unknown>>): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await pageOf(world, bucket, cursor === undefined ? body : { ...body, cursor });
    names.push(...[...page.folders, ...page.objects].map(({ name }) => name));
    cursor = page.hasNext ? page.nextCursor : undefined;
  } while (cursor !== undefined && names.length < 10_000);
  return names;
}

export const listingChecks = [
  check('list shows the objects and folders of one folder', 'core', async (world) => {
    const files = world.client().from(await filled(world));
    same(
      data(await files.list())
        .map(({ name }) => name)
        .toSorted(),
      ['a.txt', 'b.txt', 'dir', 'dir2', 'z.txt'],
    );
    same(
      data(await files.list('dir'))
        .map(({ name }) => name)
        .toSorted(),
      ['c.txt', 'deep'],
    );
    same(data(await files.list('nowhere')), []);
  }),
  check('list takes limit, offset, search and order', 'core', async (world) => {
    const files = world.client().from(await filled(world, ['f/a', 'f/ab', 'f/b', 'f/c', 'g']));
    const names = async (options: Parameters<typeof files.list>[1]) => data(await files.list('f', options)).map(({ name }) => name);
    same(await names({ limit: 2, offset: 1 }), ['ab', 'b']);
    same(await names({ sortBy: { column: 'name', order: 'desc' } }), ['c', 'b', 'ab', 'a']);
    same(await names({ search: 'a' }), ['a', 'ab']);
    same(await names({ limit: 10, offset: 100 }), []);
  }),
  check('list orders by time of creation', 'core', async (world) => {
    const bucket = await world.bucket();
    for (const key of ['second', 'first', 'third']) await world.put(bucket, key, key);
    const files = world.client().from(bucket);
    same(
      data(await files.list('', { sortBy: { column: 'created_at', order: 'asc' } })).map(({ name }) => name),
      ['second', 'first', 'third'],
    );
    same(
      data(await files.list('', { sortBy: { column: 'created_at', order: 'desc' } })).map(({ name }) => name),
      ['third', 'first', 'second'],
    );
  }),
  check('listV2 walks a bucket by cursor, flat and by folder', 'core', async (world) => {
    const bucket = await filled(world);
    same(await walk(world, bucket, { limit: 2 }), TREE);
    same((await walk(world, bucket, { limit: 2, with_delimiter: true })).toSorted(), ['a.txt', 'b.txt', 'dir/', 'dir2/', 'z.txt']);
    same(await walk(world, bucket, { prefix: 'dir/', limit: 1 }), ['dir/c.txt', 'dir/deep/d.txt']);
    same(await walk(world, bucket, { limit: 4, sortBy: { column: 'name', order: 'desc' } }), TREE.toReversed());
    like(data(await world.client().from(bucket).listV2({ prefix: 'dir', with_delimiter: true })), { hasNext: false });
  }),
  check('a prefix of listV2 need not end at a slash', 'core', async (world) => {
    const bucket = await filled(world);
    const page = await pageOf(world, bucket, { prefix: 'dir', with_delimiter: true });
    same(
      page.folders.map(({ name }) => name),
      ['dir/', 'dir2/'],
    );
    same(await walk(world, bucket, { prefix: 'di' }), ['dir/c.txt', 'dir/deep/d.txt', 'dir2/e.txt']);
  }),
  check('an entry of list tells size, type and times; a folder has null fields', 'wire', async (world) => {
    const bucket = await filled(world, ['a.txt', 'dir/b.txt']);
    const answer = await world.request('POST', `/object/list/${bucket}`, { json: { prefix: '' } });
    const entries: Record<string, unknown>[] = JSON.parse(answer.text);
    const folder = entries.find(({ name }) => name === 'dir');
    same(folder, { name: 'dir', id: null, updated_at: null, created_at: null, last_accessed_at: null, metadata: null }, 'folder');
    const object = entries.find(({ name }) => name === 'a.txt');
    like(object, { metadata: { size: 5, mimetype: 'text/plain', contentLength: 5, httpStatusCode: 200 } }, 'object');
  }),
  check('list shows 100 entries unless told otherwise', 'wire', async (world) => {
    const bucket = await filled(world, numbered(101));
    const answer = await world.request('POST', `/object/list/${bucket}`, { json: { prefix: '' } });
    const entries: unknown[] = JSON.parse(answer.text);
    same(entries.length, 100);
  }),
  check('listV2 shows at most 1000 entries', 'wire', async (world) => {
    const bucket = await filled(world, numbered(1001));
    for (const body of [{}, { limit: 5000 }]) {
      const page = await pageOf(world, bucket, body);
      same([page.objects.length, page.hasNext], [1000, true]);
    }
  }),
  check('a cursor of listV2 is base64 of "l:" and the key', 'wire', async (world) => {
    const page = await pageOf(world, await filled(world), { limit: 2 });
    same([page.hasNext, page.nextCursor, page.nextCursorKey], [true, Buffer.from('l:b.txt').toString('base64'), 'b.txt']);
  }),
  check('entries of listV2 carry a key only with the delimiter', 'wire', async (world) => {
    const bucket = await filled(world);
    const flat = await pageOf(world, bucket, { prefix: 'dir/' });
    same(
      flat.objects.some((object) => 'key' in object),
      false,
      'key without delimiter',
    );
    const grouped = await pageOf(world, bucket, { prefix: 'dir/', with_delimiter: true });
    same(
      grouped.objects.every((object) => typeof object.key === 'string'),
      true,
      'key with delimiter',
    );
  }),
  check('list demands a prefix', 'wire', async (world) => {
    const bucket = await world.bucket();
    failed(await world.request('POST', `/object/list/${bucket}`, { json: {} }), {
      statusCode: '400',
      error: 'Error',
      message: "body must have required property 'prefix'",
      code: 'InvalidRequest',
    });
  }),
  check('listing a bucket that is missing answers an empty page', 'wire', async (world) => {
    const missing = world.name('missing');
    answered(await world.request('POST', `/object/list/${missing}`, { json: { prefix: '' } }), 200, '[]');
    answered(await world.request('POST', `/object/list-v2/${missing}`, { json: {} }), 200, '{"hasNext":false,"folders":[],"objects":[]}');
  }),
];
