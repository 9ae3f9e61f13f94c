import { StorageClient } from '@supabase/storage-js';
import { zipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { findViolations, signIn } from './harness/dashboard.ts';
import { makePng } from './harness/pictures.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let page: Page;
let storage: StorageClient;
let troubles: PageTroubles;

const MARKDOWN =
  '# Title\n\n<script>window.ran = true</script>\n\n![secret](https://elsewhere.example/x.png)\n\n[bad](javascript:window.ran=true)\n';

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  access = await stack.access();
  const headers = { apikey: access.SERVICE_ROLE_KEY, authorization: `Bearer ${access.SERVICE_ROLE_KEY}` };
  storage = new StorageClient(access.STORAGE_URL, headers);
  await storage.createBucket('kept', { public: true, versioningStatus: 'ENABLED' });
  await put('notes.md', MARKDOWN, 'text/markdown');
  await put('table.csv', 'name,age\n"Doe, John",42\n', 'text/csv');
  await put('data.json', '{"outer":{"inner":[1,2]}}', 'application/json');
  await put('main.js', 'const a = "text";', 'text/javascript');
  await put('files.zip', zipSync({ 'a.txt': new Uint8Array(100), 'dir/b.bin': new Uint8Array(5000) }), 'application/zip');
  await put('raw.bin', new Uint8Array(5000).fill(0x41), 'application/octet-stream');
  await put('paper.pdf', makePdf(), 'application/pdf');
  await put('pic.png', makePng(640, 480, [46, 139, 110]), 'image/png');
  await put('story.txt', 'one\ntwo\n', 'text/plain');
  await put('story.txt', 'one\n2\n', 'text/plain');
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  troubles = watchTroubles(page);
  await page.goto(`${access.ADMIN_URL}/buckets/kept`);
  await signIn(page, access);
  await page.getByRole('heading', { name: 'kept' }).waitFor();
}, 180_000);

afterAll(async () => {
  await browser.close();
  await stack.destroy();
}, 60_000);

async function put(path: string, body: string | Uint8Array, contentType: string): Promise<void> {
  const { error } = await storage.from('kept').upload(path, body, { contentType, upsert: true });
  if (error) throw error;
}

/** A PDF of one page with a red square. */
function makePdf(): string {
  const content = '1 0 0 rg 50 50 100 60 re f';
  const page1 = '<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<<>>>>';
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    page1,
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((body, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj${body}endobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  return `${text}xref\n0 5\n0000000000 65535 f \n${offsets.join('')}trailer<</Size 5/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF`;
}

async function open(path: string, tab?: string): Promise<void> {
  await page.goto(`${access.ADMIN_URL}/buckets/kept?object=${path}`);
  await page.getByRole('dialog').waitFor();
  if (tab !== undefined) await page.getByRole('tab', { name: tab }).click();
}

async function expectAccessible(what: string): Promise<void> {
  expect(await findViolations(page), what).toEqual([]);
}

const group = (name: string) => page.getByRole('group', { name });

test('Markdown is drawn as a document in which nothing runs and nothing is fetched', async () => {
  await open('notes.md');
  await page.getByRole('heading', { name: 'Title' }).waitFor();
  await group('Text preview').getByText('<script>window.ran = true</script>').waitFor();
  await group('Text preview').getByText('[picture: secret]').waitFor();
  expect(await group('Text preview').getByText('bad').getAttribute('href')).toBe('');
  expect(await page.evaluate('window.ran')).toBeUndefined();
  await expectAccessible('markdown');
});

test('tables, trees, code, archives and bytes are shown as what they are', async () => {
  await open('table.csv');
  await page.getByRole('cell', { name: 'Doe, John' }).waitFor();
  await open('data.json');
  await group('Text preview').getByText('inner:').waitFor();
  await open('main.js');
  await page.locator('.hljs-keyword', { hasText: 'const' }).waitFor();
  await open('files.zip');
  await group('Files in the archive').getByText('dir/b.bin').waitFor();
  await open('raw.bin');
  await page.getByText('0–4,096 of 5,000 bytes').waitFor();
  await page.getByRole('button', { name: 'Bytes after' }).click();
  await page.getByText('4,096–5,000 of 5,000 bytes').waitFor();
  await expectAccessible('hex');
});

test('a PDF is drawn by us, larger if so wished', async () => {
  await open('paper.pdf');
  await page.getByText('Page 1 of 1').waitFor();
  const red = `(() => { const c = document.querySelector('canvas'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
    for (let i = 0; i < d.length; i += 4) if (d[i] > 200 && d[i + 1] < 50) return true; return false; })()`;
  await expect.poll(() => page.evaluate(red), { timeout: 30_000 }).toBe(true);
  await page.getByRole('button', { name: 'Larger preview' }).click();
  await page.getByRole('button', { name: 'Close larger preview' }).click();
});

test('metadata is changed without the bytes', async () => {
  await open('main.js', 'Metadata');
  await page.getByLabel('Cache control').fill('max-age=60');
  await page.getByRole('button', { name: 'Add a line' }).click();
  await page.getByLabel('Name', { exact: true }).fill('author');
  await page.getByLabel('Value').fill('Ada');
  await expectAccessible('metadata');
  await page.getByRole('button', { name: 'Save metadata' }).click();
  await page.getByText('Saved', { exact: true }).waitFor();
  const { data } = await storage.from('kept').info('main.js');
  expect([data?.metadata, data?.cacheControl]).toEqual([{ author: 'Ada' }, 'max-age=60']);
});

test('an earlier version is compared and restored', async () => {
  await open('story.txt', 'Versions');
  await page.getByRole('button', { name: 'Compare' }).click();
  const changes = await page.getByLabel('Changes').innerText();
  expect(changes.split('\n').filter((line) => /^[+-]/.test(line))).toEqual(['- two', '+ 2']);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('Restored as the current version').waitFor();
  expect(await (await storage.from('kept').download('story.txt')).data?.text()).toBe('one\ntwo\n');
  await expectAccessible('versions');
});

test('links to an object are listed with their uses, and revoked', async () => {
  const { data } = await storage.from('kept').createSignedUrl('raw.bin', 600);
  const url = data?.signedUrl ?? '';
  expect((await fetch(url)).status).toBe(200);
  await expect
    .poll(
      async () => {
        await open('raw.bin', 'Links');
        await page.getByRole('button', { name: 'Get link' }).last().waitFor();
        return page.getByText('Download · 1 use', { exact: true }).count();
      },
      { timeout: 60_000, interval: 1000 },
    )
    .toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Revoke all' }).click();
  await page.getByText(/^Revoked \d+ links?$/).waitFor();
  await expect.poll(async () => (await fetch(url)).status, { timeout: 15_000 }).toBe(400);
});

test('a picture is resized, with the address that does it', async () => {
  await open('pic.png', 'Resize');
  await page.getByLabel('Width').fill('64');
  await expect
    .poll(() => page.evaluate('document.querySelector(\'img[alt="What comes out"]\')?.naturalWidth'), { timeout: 30_000 })
    .toBe(64);
  const address = await page.getByText(/render\/image\/public\/kept\/pic\.png\?/).innerText();
  expect((await fetch(address)).headers.get('content-type')).toMatch(/^image\//);
  await expectAccessible('resize');
});

test('who can read the object is answered', async () => {
  await open('pic.png', 'Who can read');
  await page.getByRole('table', { name: 'Who can' }).getByText('servers with the service key').waitFor();
  await page.getByText('The bucket is public').waitFor();
});

test.each([
  ['light', 1280],
  ['dark', 390],
] as const)('usage shows shares, the largest and quotas, accessibly, in %s at %i px', async (colorScheme, width) => {
  await fetch(`${access.STORAGE_URL}/quotas/bucket/kept`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${access.SERVICE_ROLE_KEY}`, 'content-type': 'application/json' },
    body: '{"maxObjects":200}',
  });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width, height: 900 });
  await page.goto(`${access.ADMIN_URL}/usage?bucket=kept`);
  await page.getByRole('list', { name: 'Shares' }).getByRole('listitem').first().waitFor();
  await page.getByRole('list', { name: 'Largest' }).getByRole('link', { name: 'kept/raw.bin' }).waitFor();
  await page.getByRole('progressbar', { name: 'Objects of kept' }).waitFor();
  await expectAccessible('usage');
  await expect
    .poll(() => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'), { timeout: 15_000 })
    .toBe(0);
});

test('nothing went wrong behind the scenes, the policy of the page included', () => {
  expect(troubles.found.filter((text) => !text.includes('ERR_ABORTED'))).toEqual([]);
});
