import { createHash, randomBytes } from 'node:crypto';
import { check } from '../check.ts';
import { data, holds, like, refused, same } from '../assert.ts';
import type { World } from '../world.ts';

const filesOf = async (world: World, isPublic = false) => world.client().from(await world.bucket({ public: isPublic }));

async function bytesOf(blob: Blob): Promise<Buffer> {
  return Buffer.from(await blob.arrayBuffer());
}

function streamOf(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

export const objectChecks = [
  ...[0, 1, 65_535, 65_536, 65_537, 1_048_577].map((size) =>
    check(`${size} bytes come back as they were sent`, 'core', async (world) => {
      const files = await filesOf(world);
      const body = randomBytes(size);
      data(await files.upload('x', body, { contentType: 'application/x-test' }));
      const blob = data(await files.download('x'));
      same(blob.type, 'application/x-test');
      holds((await bytesOf(blob)).equals(body), 'the bytes are the same', blob.size);
    }),
  ),
  check('a body may be a blob, a form, a stream or a string', 'core', async (world) => {
    const files = await filesOf(world);
    const body = randomBytes(300_000);
    const form = new FormData();
    form.append('cacheControl', '77');
    form.append('', new File([body], 'b.bin', { type: 'image/png' }));
    data(await files.upload('blob', new Blob([body], { type: 'image/gif' })));
    data(await files.upload('form', form));
    data(
      await files.upload('stream', streamOf(body.subarray(0, 70_000), body.subarray(70_000)), {
        contentType: 'image/webp',
        duplex: 'half',
      }),
    );
    data(await files.upload('string', 'grüße', { contentType: 'text/plain' }));
    for (const [name, type] of [
      ['blob', 'image/gif'],
      ['form', 'image/png'],
      ['stream', 'image/webp'],
    ] as const) {
      const blob = data(await files.download(name));
      same(blob.type, type);
      holds((await bytesOf(blob)).equals(body), `${name} has the same bytes`, blob.size);
    }
    same(await data(await files.download('string')).text(), 'grüße');
    like(data(await files.info('form')), { cacheControl: 'max-age=77' });
  }),
  check('a download may be a stream', 'core', async (world) => {
    const files = await filesOf(world);
    const body = randomBytes(200_000);
    data(await files.upload('x', body, { contentType: 'application/x-test' }));
    const stream = data(await files.download('x').asStream());
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    holds(Buffer.concat(chunks).equals(body), 'the bytes are the same');
  }),
  check('only upsert and update replace', 'core', async (world) => {
    const files = await filesOf(world);
    const text = { contentType: 'text/plain' };
    const first = data(await files.upload('a', 'one', text));
    refused(await files.upload('a', 'two', text), { statusCode: '409', message: 'The resource already exists' });
    same(await data(await files.download('a')).text(), 'one');
    same(data(await files.upload('a', 'two', { ...text, upsert: true })).id, first.id, 'id of the row');
    data(await files.update('a', 'three', text));
    same(await data(await files.download('a')).text(), 'three');
    data(await files.update('made-by-update', 'new', text));
    same(await data(await files.download('made-by-update')).text(), 'new');
  }),
  check('info, exists and user metadata', 'core', async (world) => {
    const files = await filesOf(world);
    const metadata = { colour: 'grün', nested: { n: 1 } };
    data(await files.upload('info.txt', Buffer.from('hello'), { contentType: 'text/plain', cacheControl: '60', metadata }));
    like(data(await files.info('info.txt')), {
      name: 'info.txt',
      size: 5,
      contentType: 'text/plain',
      cacheControl: 'max-age=60',
      etag: `"${createHash('md5').update('hello').digest('hex')}"`,
      metadata,
    });
    same(data(await files.exists('info.txt')), true);
    same((await files.exists('nothing')).data, false);
    refused(await files.info('nothing'), { statusCode: '404' });
  }),
  check('objects are copied and moved, within and across buckets', 'core', async (world) => {
    const other = await world.bucket();
    const files = await filesOf(world);
    const text = { contentType: 'text/plain', metadata: { a: '1' } };
    data(await files.upload('orig', Buffer.from('text'), text));
    data(await files.copy('orig', 'dir/copied'));
    data(await files.copy('orig', 'abroad', { destinationBucket: other }));
    refused(await files.copy('orig', 'dir/copied'), { statusCode: '409' });
    refused(await files.copy('missing', 'x'), { statusCode: '404', message: 'Object not found' });
    data(await files.remove(['orig']));
    same(await data(await files.download('dir/copied')).text(), 'text');
    like(data(await files.info('dir/copied')), { contentType: 'text/plain', metadata: { a: '1' } });
    same(await data(await world.client().from(other).download('abroad')).text(), 'text');
    like(data(await files.move('dir/copied', 'moved')), { message: 'Successfully moved' });
    same((await files.exists('dir/copied')).data, false);
    data(await files.move('moved', 'moved', { destinationBucket: other }));
    same(await data(await world.client().from(other).download('moved')).text(), 'text');
    refused(await files.move('missing', 'x'), { statusCode: '404' });
  }),
  check('a move does not replace what is there', 'core', async (world) => {
    const files = await filesOf(world);
    for (const name of ['a', 'b']) data(await files.upload(name, name, { contentType: 'text/plain' }));
    refused(await files.move('a', 'b'), { statusCode: '409' });
    same(await data(await files.download('b')).text(), 'b');
    same(await data(await files.download('a')).text(), 'a');
  }),
  check('a copy may replace metadata, and with x-upsert what is there', 'core', async (world) => {
    const bucket = await world.bucket();
    for (const key of ['from', 'to']) await world.put(bucket, key, key);
    const body = { bucketId: bucket, sourceKey: 'from', destinationKey: 'to' };
    const metadata = { mimetype: 'text/csv', cacheControl: 'max-age=1' };
    const userMetadata = Buffer.from(JSON.stringify({ b: '2' })).toString('base64');
    const answer = await world.request('POST', '/object/copy', {
      json: { ...body, copyMetadata: false, metadata },
      headers: { 'x-upsert': 'true', 'x-metadata': userMetadata },
    });
    same(answer.status, 200, answer.text);
    same(await data(await world.client().from(bucket).download('to')).text(), 'from');
    like(data(await world.client().from(bucket).info('to')), { contentType: 'text/csv', cacheControl: 'max-age=1', metadata: { b: '2' } });
  }),
  check('objects are deleted one or many at a time', 'core', async (world) => {
    const bucket = await world.bucket();
    for (const key of ['a', 'r/1', 'r/2', 'r/3']) await world.put(bucket, key, key);
    same((await world.request('DELETE', `/object/${bucket}/a`)).status, 200);
    same((await world.request('GET', `/object/${bucket}/a`)).status, 400);
    const files = world.client().from(bucket);
    same(
      data(await files.remove(['r/1', 'r/3', 'r/none']))
        .map(({ name }) => name)
        .toSorted(),
      ['r/1', 'r/3'],
    );
    same(
      data(await files.list('r')).map(({ name }) => name),
      ['2'],
    );
  }),
  check('an anonymous caller cannot delete', 'core', async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a', 'a');
    const anon = world.client(world.options.anonKey).from(bucket);
    same(data(await anon.remove(['a'])), []);
    refused(await anon.copy('a', 'b'));
    refused(await anon.move('a', 'b'));
    same((await world.request('GET', `/object/${bucket}/a`)).text, 'a');
  }),
  check('getPublicUrl leads to the object, and to nothing once the bucket is private', 'core', async (world) => {
    const bucket = await world.bucket({ public: true });
    await world.put(bucket, 'dir/ä b.txt', 'public');
    const url = world.client().from(bucket).getPublicUrl('dir/ä b.txt').data.publicUrl;
    same(await (await fetch(url)).text(), 'public');
    const named = world.client().from(bucket).getPublicUrl('dir/ä b.txt', { download: 'n.txt' }).data.publicUrl;
    same((await fetch(named)).headers.get('content-disposition'), "attachment; filename=n.txt; filename*=UTF-8''n.txt");
    data(await world.client().updateBucket(bucket, { public: false }));
    same((await fetch(url)).status, 400);
  }),
];
