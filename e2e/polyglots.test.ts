import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { StorageClient } from '@supabase/storage-js';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from './harness/browser.ts';
import { createPolyglots, type Polyglot } from './harness/polyglots.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

/** Long enough for a script that runs to be noticed; those that do not run never are. */
const SETTLE_MS = 150;
const AT_ONCE = 4;

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let context: BrowserContext;
let listener: Server;
let s3: S3Client;
let polyglots: readonly Polyglot[];
/** What reached the listener. */
const hits: { readonly url: string; readonly credentials: boolean }[] = [];

beforeAll(async () => {
  listener = createServer((request, response) => {
    hits.push({ url: request.url ?? '', credentials: request.headers.cookie !== undefined || request.headers.authorization !== undefined });
    response.writeHead(204, { 'access-control-allow-origin': '*' }).end();
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  access = await stack.access();
  polyglots = createPolyglots(addressOf(listener));
  context = await browser.newContext({ acceptDownloads: false });
  // The cookie of a session on this host, which ports do not tell apart.
  await context.addCookies([{ name: 'session', value: 'secret', domain: '127.0.0.1', path: '/' }]);
  const service = storage();
  expect((await service.createBucket('files', { public: true })).error).toBeNull();
  // Over S3, which takes every content type as it is.
  s3 = s3Client();
  for (const { name: Key, contentType: ContentType, body: Body } of polyglots) {
    await s3.send(new PutObjectCommand({ Bucket: 'files', Key, ContentType, Body }));
  }
}, 180_000);

afterAll(async () => {
  s3.destroy();
  await browser.close();
  await stack.destroy();
  listener.close();
}, 60_000);

function storage(): StorageClient {
  return new StorageClient(access.STORAGE_URL, { authorization: `Bearer ${access.SERVICE_ROLE_KEY}` });
}

function addressOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

interface Visit {
  readonly name: string;
  readonly dialogs: number;
  readonly hits: readonly string[];
}

/** Opens an address as a victim would and reports what it did. */
async function visit(name: string, url: string): Promise<Visit> {
  const page = await context.newPage();
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  // What is no document is a download, which ends the navigation.
  await page.goto(url, { waitUntil: 'load' }).catch(() => null);
  await page.waitForTimeout(SETTLE_MS);
  await page.close();
  return {
    name,
    dialogs,
    hits: hits.filter((hit) => hit.url.startsWith(`/${name}/`)).map((hit) => `${hit.url} ${String(hit.credentials)}`),
  };
}

async function visitAll(linkTo: (polyglot: Polyglot) => Promise<string>): Promise<readonly Visit[]> {
  const visits: Visit[] = [];
  for (let from = 0; from < polyglots.length; from += AT_ONCE) {
    const batch = polyglots.slice(from, from + AT_ONCE);
    const opened = batch.map(async (polyglot) => {
      const url = await linkTo(polyglot);
      expect((await fetch(url)).status).toBe(200);
      return visit(polyglot.name, url);
    });
    visits.push(...(await Promise.all(opened)));
  }
  return visits.filter((each) => each.dialogs > 0 || each.hits.length > 0);
}

describe('files that are more than they say, opened in a browser', () => {
  test('are at least thirty, and would do harm if they were allowed to', async () => {
    expect(polyglots.length).toBeGreaterThanOrEqual(30);
    const script = polyglots.find(({ name }) => name === 'script.js')?.body.toString() ?? '';
    const open = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<script>${script}</script>`),
    );
    open.listen(0, '127.0.0.1');
    await once(open, 'listening');
    const page = await context.newPage();
    let dialogs = 0;
    page.on('dialog', (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    await page.goto(addressOf(open));
    await expect.poll(() => dialogs > 0 && hits.some(({ credentials }) => credentials), { timeout: 20_000 }).toBe(true);
    await page.close();
    open.close();
    hits.length = 0;
  });

  const DOORS: Readonly<Record<string, (polyglot: Polyglot) => Promise<string>>> = {
    'the public address': async ({ name }) => `${access.STORAGE_URL}/object/public/files/${name}`,
    'a signed link': async ({ name }) => (await storage().from('files').createSignedUrl(name, 600)).data?.signedUrl ?? '',
    'a link over S3 that asks for HTML': ({ name }) =>
      getSignedUrl(s3, new GetObjectCommand({ Bucket: 'files', Key: name, ResponseContentType: 'text/html' })),
  };

  test.each(Object.entries(DOORS))(
    'through %s show no dialog and send nothing',
    async (_name, linkTo) => {
      expect(await visitAll(linkTo)).toEqual([]);
    },
    180_000,
  );

  test('a PDF stays a PDF that browsers may show, and is sniffed for nothing else', async () => {
    const { headers } = await fetch(`${access.STORAGE_URL}/object/public/files/script.pdf`);
    expect(headers.get('content-type')).toBe('application/pdf');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    // A sandbox keeps browsers from showing it at all; what it runs, it runs in a viewer that has no origin of ours.
    expect(headers.get('content-security-policy')).toBeNull();
  });
});

function s3Client(): S3Client {
  return new S3Client({
    endpoint: access.STORAGE_S3_URL,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: access.S3_PROTOCOL_ACCESS_KEY_ID, secretAccessKey: access.S3_PROTOCOL_ACCESS_KEY_SECRET },
  });
}
