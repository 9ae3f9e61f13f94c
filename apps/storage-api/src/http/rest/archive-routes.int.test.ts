import { randomBytes } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signToken, startTestServer, type TestServer } from '../../testing/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  await server.client().createBucket('box');
});
afterAll(() => server.stop());

/** Without a client, because clients take slashes off the end of keys. */
const put = async (key: string, body: string | Buffer) => {
  const headers = { ...SERVICE, 'content-type': 'text/plain', 'x-upsert': 'true' };
  expect(
    (await fetch(`${server.url}/object/box/${encodeURI(key)}`, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) }))
      .status,
  ).toBe(200);
};
const SERVICE = { authorization: `Bearer ${signToken({ role: 'service_role' })}`, 'content-type': 'application/json' };

async function sign(prefix: string, bucket = 'box', headers: Record<string, string> = SERVICE) {
  const init = { method: 'POST', headers, body: JSON.stringify({ prefix, expiresIn: 60 }) };
  const response = await fetch(`${server.url}/archive/${bucket}`, init);
  const body: { signedURL: string; objects: number; bytes: number; message: string; error: string } = JSON.parse(await response.text());
  return { status: response.status, ...body };
}

async function download(signedURL: string): Promise<Buffer> {
  const response = await fetch(server.url + signedURL);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/zip');
  return Buffer.from(await response.arrayBuffer());
}

describe('a folder as a zip', () => {
  test('holds every object below it, byte for byte, and nothing from beside it', async () => {
    const large = randomBytes(3 * 1024 * 1024 + 7);
    await put('trip/a.txt', 'one');
    await put('trip/deep/er/ü 日.txt', 'two');
    await put('trip/large.bin', large);
    await put('trip/empty/', '');
    await put('trips/other.txt', 'not this');
    const link = await sign('trip/');
    expect(link).toMatchObject({ status: 200, objects: 4, bytes: large.length + 6 });
    const files = unzipSync(await download(link.signedURL));
    expect(Object.keys(files).toSorted()).toEqual(['trip/a.txt', 'trip/deep/er/ü 日.txt', 'trip/empty/', 'trip/large.bin']);
    expect(strFromU8(files['trip/deep/er/ü 日.txt'] ?? new Uint8Array())).toBe('two');
    expect(Buffer.from(files['trip/large.bin'] ?? []).equals(large)).toBe(true);
  });

  test('goes over more objects than a page of rows has', async () => {
    for (let start = 0; start < 450; start += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => put(`many/${start + index}`, String(start + index))));
    }
    const files = unzipSync(await download((await sign('many/')).signedURL));
    expect(Object.keys(files)).toHaveLength(450);
    expect(Object.entries(files).every(([name, bytes]) => name === `many/${strFromU8(bytes)}`)).toBe(true);
  });

  test('stays where it is unpacked, whatever the keys are', async () => {
    // Clients refuse such keys; other servers on the same database may have written them.
    await put('odd/plain', 'x');
    await server.sql(`update storage.objects set name = 'odd/../../up' where name = 'odd/plain'`);
    const files = unzipSync(await download((await sign('odd/')).signedURL));
    expect(Object.keys(files)).toEqual(['odd/_/_/up']);
  });

  test('lists what could not be read, and does not break off', async () => {
    await put('hurt/good', 'good');
    await put('hurt/bad', 'bad');
    await server.sql(`update storage.objects set damaged_version = version where name = 'hurt/bad'`);
    const files = unzipSync(await download((await sign('hurt/')).signedURL));
    expect(Object.keys(files).toSorted()).toEqual(['MISSING.txt', 'hurt/good']);
    expect(strFromU8(files['MISSING.txt'] ?? new Uint8Array())).toContain('hurt/bad');
  });

  test('has checksums also of rows that know none', async () => {
    await put('old/a', 'from an older server');
    await server.sql(`update storage.objects set crc32 = null where name = 'old/a'`);
    const files = unzipSync(await download((await sign('old/')).signedURL));
    expect(strFromU8(files['old/a'] ?? new Uint8Array())).toBe('from an older server');
  });

  test('may be the whole bucket, which then is its folder', async () => {
    await server.client().createBucket('whole');
    await server.client().from('whole').upload('a', 'x');
    expect(Object.keys(unzipSync(await download((await sign('', 'whole')).signedURL)))).toEqual(['whole/a']);
  });
});

describe('links to archives', () => {
  test('are made for service_role only, and for what is there', async () => {
    const member = { ...SERVICE, authorization: `Bearer ${signToken({ role: 'authenticated', sub: 'x' })}` };
    expect(await sign('trip/', 'box', member)).toMatchObject({ status: 400, message: expect.stringContaining('service_role only') });
    expect(await sign('nothing/')).toMatchObject({ status: 400, error: 'not_found' });
    expect(await sign('no-slash')).toMatchObject({ status: 400 });
  });

  test('open this folder as an archive and nothing else', async () => {
    await put('narrow/', '');
    await put('narrow/a', 'x');
    const { signedURL } = await sign('narrow/');
    const token = new URLSearchParams(signedURL.split('?')[1]).get('token') ?? '';
    const ask = async (path: string) => (await fetch(server.url + path)).status;
    expect(await ask(`/archive/box?prefix=&token=${token}`)).toBe(400);
    expect(await ask(`/archive/box?prefix=trip/&token=${token}`)).toBe(400);
    expect(await ask(`/object/sign/box/narrow/?token=${token}`)).toBe(400);
    expect(await ask(`/object/sign/box/narrow/a?token=${token}`)).toBe(400);
    const init = { method: 'POST', headers: SERVICE, body: '{"expiresIn":60}' };
    const link: { signedURL: string } = JSON.parse(await (await fetch(`${server.url}/object/sign/box/narrow/`, init)).text());
    const plain = link.signedURL.split('token=')[1] ?? '';
    expect(await ask(`/object/sign/box/narrow/?token=${plain}`)).toBe(200);
    expect(await ask(`/archive/box?prefix=narrow/&token=${plain}`)).toBe(400);
  });

  test('are revoked like other links', async () => {
    const { signedURL } = await sign('trip/');
    const revoked = await fetch(`${server.url}/links/revoke`, {
      method: 'POST',
      headers: SERVICE,
      body: JSON.stringify({ bucket: 'box', prefix: 'trip/' }),
    });
    expect(revoked.status).toBe(200);
    expect((await fetch(server.url + signedURL)).status).toBe(400);
  });
});
