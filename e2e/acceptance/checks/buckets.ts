import { check } from '../check.ts';
import { data, failed, like, refused, same } from '../assert.ts';

export const bucketChecks = [
  check('a bucket is created with limits, shown, changed and deleted', 'core', async (world) => {
    const client = world.client();
    const name = world.name();
    const created = await client.createBucket(name, { public: true, fileSizeLimit: '10MB', allowedMimeTypes: ['image/*', 'text/plain'] });
    like(data(created), { name });
    like(data(await client.getBucket(name)), {
      id: name,
      name,
      public: true,
      file_size_limit: 10_000_000,
      allowed_mime_types: ['image/*', 'text/plain'],
    });
    like(data(await client.updateBucket(name, { public: false, fileSizeLimit: 2048, allowedMimeTypes: ['text/plain'] })), {
      message: 'Successfully updated',
    });
    like(data(await client.getBucket(name)), { public: false, file_size_limit: 2048, allowed_mime_types: ['text/plain'] });
    like(data(await client.deleteBucket(name)), { message: 'Successfully deleted' });
    refused(await client.getBucket(name), { message: 'Bucket not found', statusCode: '404' });
  }),
  check('an update leaves alone what it does not mention', 'core', async (world) => {
    const bucket = await world.bucket({ public: true, file_size_limit: 1000, allowed_mime_types: ['text/plain'] });
    same((await world.request('PUT', `/bucket/${bucket}`, { json: { public: false } })).status, 200);
    like(data(await world.client().getBucket(bucket)), { public: false, file_size_limit: 1000, allowed_mime_types: ['text/plain'] });
  }),
  check('buckets are listed with limit, offset, search and order', 'core', async (world) => {
    const names = [world.name('listed'), world.name('listed'), world.name('listed')].toSorted();
    for (const name of names) data(await world.client().createBucket(name));
    const search = names[0]?.slice(0, names[0].lastIndexOf('-')) ?? '';
    const page = await world.client().listBuckets({ search, limit: 2, offset: 1, sortColumn: 'name', sortOrder: 'desc' });
    same(
      data(page).map(({ id }) => id),
      names.toReversed().slice(1, 3),
    );
    like(data(await world.client().listBuckets({ search, limit: 1, sortColumn: 'name', sortOrder: 'asc' }))[0], {
      id: names[0],
      public: false,
    });
  }),
  check('a bucket that holds objects is not deleted until it was emptied', 'core', async (world) => {
    const bucket = await world.bucket();
    for (const key of ['a', 'dir/b', 'dir/deep/c']) await world.put(bucket, key, key);
    refused(await world.client().deleteBucket(bucket), { statusCode: '409' });
    data(await world.client().emptyBucket(bucket));
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline && data(await world.client().from(bucket).list()).length > 0) await new Promise((r) => setTimeout(r, 200));
    same(data(await world.client().from(bucket).list()), []);
    data(await world.client().deleteBucket(bucket));
  }),
  check('a bucket holds uploads to its size limit', 'core', async (world) => {
    const bucket = await world.bucket({ file_size_limit: 10 });
    const files = world.client().from(bucket);
    data(await files.upload('fits', Buffer.alloc(10), { contentType: 'text/plain' }));
    refused(await files.upload('raw', Buffer.alloc(11), { contentType: 'text/plain' }), { statusCode: '413' });
    refused(await files.upload('form', new Blob([Buffer.alloc(11)])), { statusCode: '413' });
    same(
      data(await files.list()).map(({ name }) => name),
      ['fits'],
    );
  }),
  check('a bucket holds uploads to its MIME types, by pattern too', 'core', async (world) => {
    const files = world.client().from(await world.bucket({ allowed_mime_types: ['image/*', 'text/plain'] }));
    data(await files.upload('png', 'x', { contentType: 'image/png' }));
    data(await files.upload('text', 'x', { contentType: 'text/plain;charset=UTF-8' }));
    refused(await files.upload('json', 'x', { contentType: 'application/json' }), { statusCode: '415' });
  }),
  check('only rights given by policies let others see or make buckets', 'core', async (world) => {
    const bucket = await world.bucket();
    const anon = world.client(world.options.anonKey);
    refused(await anon.getBucket(bucket), { statusCode: '404' });
    refused(await anon.createBucket(world.name()), { statusCode: '403' });
    failed(await world.request('DELETE', `/bucket/${bucket}`, { token: world.options.anonKey }), { statusCode: '404' });
    data(await world.client().getBucket(bucket));
  }),
];
