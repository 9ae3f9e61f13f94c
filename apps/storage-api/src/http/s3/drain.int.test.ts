import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { signRequest } from '../../testing/sign-s3.ts';
import { startTestServer } from '../../testing/server.ts';
import { s3Client, TEST_S3 } from '../../testing/s3.ts';

describe('a server that is told to stop', () => {
  it('finishes the upload that is under way, on both listeners, and is not held up by idle connections', async () => {
    const server = await startTestServer({ s3: TEST_S3 });
    const client = s3Client(`${server.url}/s3`);
    await client.send(new CreateBucketCommand({ Bucket: 'b' }));
    const bases = [`${server.url}/s3`, server.s3RootUrl ?? ''];
    const uploads = bases.map((base, index) => beginUpload(new URL(base), `/b/k${index}`));
    await Promise.all(uploads.map(({ begun }) => begun));
    const stopping = server.stop();
    for (const { finish } of uploads) finish();
    expect(await Promise.all(uploads.map(({ answer }) => answer))).toEqual(['200 ', '200 ']);
    await stopping;
    client.destroy();
  });
});

/** Sends half a body; `finish` sends the rest. */
function beginUpload(base: URL, path: string) {
  const { url, headers } = signRequest(base.origin, { method: 'PUT', path: `${base.pathname.replace(/\/$/, '')}${path}`, body: 'whole' });
  const outgoing = request(url, { method: 'PUT', headers: { ...headers, 'content-length': 5 } });
  const answer = new Promise<string>((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      text(response).then((body) => resolve(`${response.statusCode} ${body}`), reject);
    });
  });
  const begun = new Promise<void>((resolve) => {
    outgoing.write('who', () => resolve());
  });
  return { answer, begun, finish: () => outgoing.end('le') };
}
