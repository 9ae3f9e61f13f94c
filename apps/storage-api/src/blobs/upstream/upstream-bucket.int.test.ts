import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type AdoptedBench, type AdoptedServer, startAdoptedBench, type UpstreamRow } from '../../testing/adopted-server.ts';
import { waitForRun } from '../../testing/maintenance.ts';
import { type S3Backend, startS3Backend } from '../../testing/s3-backend.ts';
import { ALICE } from '../../testing/upstream-schema.ts';

let backend: S3Backend;
let bench: AdoptedBench;
let server: AdoptedServer;

beforeAll(async () => {
  [backend, bench] = await Promise.all([startS3Backend(), startAdoptedBench()]);
});
afterEach(() => server.stop());
afterAll(async () => {
  await bench.stop();
  await backend.stop();
});

const keyOf = (tenant: string, { bucket, name, version }: UpstreamRow) =>
  [tenant, bucket, name, ...(version === null ? [] : [version])].join('/');
const upload = async (tenant: string, rows: readonly UpstreamRow[]) => {
  const { client, settings } = backend;
  for (const row of rows) await client.send(new PutObjectCommand({ Bucket: settings.bucket, Key: keyOf(tenant, row), Body: 'abc' }));
};
const keysOf = (tenant: string) => backend.keysUnder(`${tenant}/`);
const textOf = async (bucket: string, key: string) => (await server.fetch(`/object/authenticated/${bucket}/${encodeURI(key)}`)).text();

test.each(['early', 'folders'] as const)(
  'a bucket of the original of the stage "%s" is served beside our own keys in it',
  async (stage) => {
    server = await bench.start({
      stage,
      store: (rows) => upload(stage, rows),
      overrides: () => ({
        s3Store: { ...backend.settings, prefix: `ours-${stage}/` },
        upstream: { kind: 's3', settings: { ...backend.settings, prefix: '' }, tenant: stage, isWritable: true },
      }),
    });
    for (const { bucket, name } of server.rows) expect(await textOf(bucket, name)).toBe('abc');
    const part = await server.fetch('/object/authenticated/public/a/b.txt', { headers: { range: 'bytes=1-1' } });
    expect([part.status, await part.text()]).toEqual([206, 'b']);
    const scan = await waitForRun(server, await (await server.fetch('/maintenance/scan', { method: 'POST', body: '{}' })).json());
    expect(scan).toMatchObject({ state: 'done', counts: { rowsSeen: 4 } });
    expect(scan.counts['dangling'] ?? 0).toBe(0);

    const avatars = server.client().from('avatars');
    expect((await avatars.move(`${ALICE}/Zebra.txt`, 'moved')).error).toBeNull();
    expect((await avatars.copy('moved', 'copied')).error).toBeNull();
    await avatars.remove(['moved']);
    await server.api.collect();
    expect(await textOf('avatars', 'copied')).toBe('abc');
    expect(await keysOf(stage)).toEqual(
      server.rows
        .filter(({ name }) => !name.endsWith('Zebra.txt'))
        .map((row) => keyOf(stage, row))
        .toSorted(),
    );

    const begun = await server.fetch('/maintenance/import', { method: 'POST', body: '{"removeSource":true}' });
    expect(await waitForRun(server, await begun.json())).toMatchObject({ state: 'done', counts: { imported: 3, sourcesRemoved: 3 } });
    expect(await keysOf(stage)).toEqual([]);
    await server.restart({ upstream: undefined });
    expect(await textOf('avatars', `${ALICE}/apple.txt`)).toBe('abc');
    expect(await textOf('public', 'a/b.txt')).toBe('abc');
  },
);
