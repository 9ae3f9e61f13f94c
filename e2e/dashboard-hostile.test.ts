import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { StorageClient } from '@supabase/storage-js';
import { zipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './harness/browser.ts';
import { signIn } from './harness/dashboard.ts';
import { createPolyglots } from './harness/polyglots.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

/** One of each way of looking at a file, and those that lie about what they are. */
const FILES: readonly (readonly [name: string, shown: string])[] = [
  ['html.html', 'group: Text preview'],
  ['page.xhtml', 'group: Text preview'],
  ['transformed.xml', 'group: Text preview'],
  ['style.css', 'group: Text preview'],
  ['script.js', 'group: Text preview'],
  ['utf16.txt', 'group: Text preview'],
  ['data.json', 'group: Text preview'],
  ['data.csv', 'group: Text preview'],
  ['notes.md', 'group: Text preview'],
  ['values.json', 'group: Text preview'],
  ['rows.csv', 'group: Text preview'],
  ['image.svg', 'img: Preview of image.svg'],
  ['html.png', 'text: The browser cannot show this picture'],
  ['gif-script.gif', 'img: Preview of gif-script.gif'],
  ['video.mp4', 'text: The browser cannot show this video'],
  ['audio.mp3', 'text: The browser cannot show this sound'],
  ['script.pdf', 'text: Page 1 of 1'],
  ['html.pdf', 'text: Page 1 of 1'],
  ['names.zip', 'group: Files in the archive'],
  ['archive.mht', 'text: bytes'],
  ['movie.swf', 'text: bytes'],
];

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let page: Page;
let elsewhere: Server;
/** What reached a place that no page of ours knows. */
const hits: string[] = [];
/** Everywhere the page asked for something. */
const origins = new Set<string>();
let dialogs = 0;

beforeAll(async () => {
  elsewhere = createServer((request, response) => {
    hits.push(request.url ?? '');
    response.writeHead(204, { 'access-control-allow-origin': '*' }).end();
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  access = await stack.access();
  const address = elsewhere.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  await upload(`http://127.0.0.1:${address.port}`);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', locale: 'en-US' });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  page.on('dialog', (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  await page.goto(`${access.ADMIN_URL}/buckets/hostile`);
  await signIn(page, access);
  await page.getByRole('heading', { name: 'hostile' }).waitFor();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.destroy();
  elsewhere?.close();
}, 60_000);

/** Over S3, which takes every content type as it is. */
async function upload(listener: string): Promise<void> {
  const storage = new StorageClient(access.STORAGE_URL, { authorization: `Bearer ${access.SERVICE_ROLE_KEY}` });
  expect((await storage.createBucket('hostile', { public: true })).error).toBeNull();
  const script = `window.ran=1;fetch('${listener}/script')`;
  const html = `<img src="${listener}/img" onerror="${script}"><script>${script}</script><form action="${listener}/form"><button>Send</button></form>`;
  const own = [
    {
      name: 'notes.md',
      contentType: 'text/markdown',
      body: `# Notes\n\n${html}\n\n<meta http-equiv="refresh" content="0;url=${listener}/refresh">\n\n[run](javascript:${encodeURI(script)}) [data](data:text/html,${encodeURI(html)}) [vb](vbscript:x)\n\n![picture](${listener}/picture)\n\n<javascript:${encodeURI(script)}>\n`,
    },
    {
      name: 'values.json',
      contentType: 'application/json',
      body: `{ "__proto__": { "polluted": 1 }, ${JSON.stringify(html)}: ${JSON.stringify(html)} }`,
    },
    {
      name: 'rows.csv',
      contentType: 'text/csv',
      body: `name,formula\n"${html.replaceAll('"', '""')}","=HYPERLINK(""${listener}/cell"")"\n`,
    },
    {
      name: 'names.zip',
      contentType: 'application/zip',
      body: zipSync({ [html.slice(0, 200)]: new Uint8Array(3), '../../up.html': new Uint8Array(3) }),
    },
  ];
  const s3 = new S3Client({
    endpoint: access.STORAGE_S3_URL,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: access.S3_PROTOCOL_ACCESS_KEY_ID, secretAccessKey: access.S3_PROTOCOL_ACCESS_KEY_SECRET },
  });
  for (const { name: Key, contentType: ContentType, body: Body } of [...createPolyglots(listener), ...own]) {
    await s3.send(new PutObjectCommand({ Bucket: 'hostile', Key, ContentType, Body }));
  }
  s3.destroy();
}

const shown = (what: string) => {
  const [kind, name = ''] = what.split(': ');
  if (kind === 'group') return page.getByRole('group', { name });
  return kind === 'img' ? page.getByRole('img', { name }) : page.getByText(name);
};

test.each(FILES)(
  '%s is looked at, and runs nothing',
  async (name, what) => {
    const address = `${access.ADMIN_URL}/buckets/hostile?object=${name}`;
    await page.goto(address);
    await page.getByRole('dialog').waitFor();
    await shown(what).first().waitFor();
    const source = page.getByRole('button', { name: 'Source' });
    if (await source.isVisible()) await source.click();
    expect(page.url(), 'the page stays').toBe(address);
    expect(page.frames()).toHaveLength(1);
    expect(
      await page.evaluate('[window.ran, ({}).polluted, document.forms.length, document.querySelectorAll("iframe, object, embed").length]'),
    ).toEqual([undefined, undefined, 0, 0]);
    expect(dialogs).toBe(0);
  },
  90_000,
);

test('links of a text that run something lead nowhere', async () => {
  await page.goto(`${access.ADMIN_URL}/buckets/hostile?object=notes.md`);
  const text = page.getByRole('group', { name: 'Text preview' });
  await text.getByRole('heading', { name: 'Notes' }).waitFor();
  const targets = await Promise.all((await text.locator('a').all()).map((link) => link.getAttribute('href')));
  expect(targets.length).toBeGreaterThanOrEqual(3);
  expect(targets.filter((href) => href !== '')).toEqual([]);
});

test('nothing has left for anywhere but the console and its storage', () => {
  expect(hits).toEqual([]);
  const own = [access.ADMIN_URL, access.STORAGE_URL].map((url) => new URL(url).origin);
  expect([...origins].filter((origin) => origin !== 'null' && !own.includes(origin))).toEqual([]);
});
