import { readFile } from 'node:fs/promises';
import { StorageClient } from '@supabase/storage-js';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { findViolations, overflowOf, signIn } from './harness/dashboard.ts';
import { makePng } from './harness/pictures.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let page: Page;
let storage: StorageClient;
let troubles: PageTroubles;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  access = await stack.access();
  const headers = { apikey: access.SERVICE_ROLE_KEY, authorization: `Bearer ${access.SERVICE_ROLE_KEY}` };
  storage = new StorageClient(access.STORAGE_URL, headers);
  await storage.createBucket('plain', { public: false });
  await storage.createBucket('kept', { public: false, versioningStatus: 'ENABLED' });
  for (const path of ['trip/a.txt', 'trip/deep/b.txt', 'c.txt']) {
    for (const bucket of ['plain', 'kept']) await put(bucket, path, path);
  }
  await storage.from('plain').upload('cover.png', makePng(64, 48, [46, 139, 110]), { contentType: 'image/png' });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  troubles = watchTroubles(page);
  await page.goto(`${access.ADMIN_URL}/buckets/plain`);
  await signIn(page, access);
  await page.getByRole('heading', { name: 'plain' }).waitFor();
}, 180_000);

afterAll(async () => {
  await browser.close();
  await stack.destroy();
}, 60_000);

async function put(bucket: string, path: string, text: string): Promise<void> {
  const { error } = await storage.from(bucket).upload(path, text, { contentType: 'text/plain', upsert: true });
  if (error) throw error;
}

async function choose(row: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${row}`, exact: true }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

const row = (name: string) => page.getByRole('row', { name, exact: true });
const job = (title: string) => page.getByRole('list', { name: 'Jobs in this bucket' }).getByRole('listitem', { name: title });
const submit = (name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

test('a folder is copied as a job that can be taken back', async () => {
  await choose('trip', 'Copy');
  await submit('Copy');
  await job('Copy plain/trip/ to plain/trip copy/').getByText(/Done/).waitFor();
  await row('Folder trip copy').waitFor();
  await job('Copy plain/trip/ to plain/trip copy/').getByRole('button', { name: 'Undo' }).click();
  await row('Folder trip copy').waitFor({ state: 'detached' });
  await row('Folder trip').waitFor();
});

test('a folder is renamed with F2 and a folder cannot go into itself', async () => {
  await row('Folder trip').focus();
  await page.keyboard.press('F2');
  await page.getByLabel('New path').fill('trip/inside/');
  await page.getByText('A folder cannot go into itself.').waitFor();
  await page.getByLabel('New path').fill('voyage');
  await submit('Move');
  await row('Folder voyage').waitFor();
  await row('Folder trip').waitFor({ state: 'detached' });
  const { data } = await storage.from('plain').download('voyage/deep/b.txt');
  expect(await data?.text()).toBe('trip/deep/b.txt');
});

test('an object is copied into another bucket', async () => {
  await choose('c.txt', 'Copy');
  await page.getByLabel('New path').fill('from-plain.txt');
  await page.getByRole('combobox', { name: 'Bucket' }).click();
  await page.getByRole('option', { name: 'kept' }).click();
  await submit('Copy');
  await page.getByText('Copied to from-plain.txt').waitFor();
  expect((await storage.from('kept').exists('from-plain.txt')).data).toBe(true);
});

test('a folder downloads as a zip', async () => {
  const downloading = page.waitForEvent('download');
  await choose('voyage', 'Download as zip');
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('voyage.zip');
  const files = unzipSync(new Uint8Array(await readFile(await download.path())));
  expect(Object.keys(files).toSorted()).toEqual(['voyage/a.txt', 'voyage/deep/b.txt']);
});

test('names are narrowed by how they start, and shown as tiles that the arrows walk', async () => {
  await page.getByLabel('Name starts with').fill('c');
  await row('Folder voyage').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Grid' }).click();
  await page.getByRole('gridcell', { name: 'c.txt' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => page.evaluate('document.activeElement?.ariaLabel'), { timeout: 15_000 }).toBe('cover.png');
  await expect
    .poll(() => page.evaluate('document.querySelector(\'[aria-label="cover.png"] img\')?.naturalWidth'), { timeout: 15_000 })
    .toBe(64);
  await page.keyboard.press('Space');
  await page.getByText('1 selected').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'List' }).click();
});

test('where versions are kept, a deletion is undone, of an object and of a folder', async () => {
  await page.goto(`${access.ADMIN_URL}/buckets/kept`);
  await choose('c.txt', 'Delete');
  await page.getByText('The bucket keeps versions: it can be undone.').waitFor();
  await submit('Delete');
  await row('c.txt').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await row('c.txt').waitFor();

  await choose('trip', 'Delete');
  await submit('Delete');
  await row('Folder trip').waitFor({ state: 'detached' });
  await job('Delete kept/trip/').getByRole('button', { name: 'Undo' }).click();
  await job('Restore kept/trip/').getByText(/Done/).waitFor();
  await row('Folder trip').waitFor();
  expect(await (await storage.from('kept').download('trip/deep/b.txt')).data?.text()).toBe('trip/deep/b.txt');
});

test('where they are not, it says so before and after', async () => {
  await page.goto(`${access.ADMIN_URL}/buckets/plain`);
  await choose('voyage', 'Delete');
  await page.getByText('The bucket keeps no versions: this cannot be undone.').waitFor();
  await submit('Delete');
  await job('Delete plain/voyage/').getByText('It cannot be undone from here.').waitFor();
  expect(await job('Delete plain/voyage/').getByRole('button', { name: 'Undo' }).count()).toBe(0);
});

test.each([
  ['light', 1280],
  ['dark', 390],
] as const)(
  'list and grid are accessible and fit in %s at %i px',
  async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 844 });
    for (const search of ['', '?view=grid']) {
      await page.goto(`${access.ADMIN_URL}/buckets/plain${search}`);
      await page.getByRole('grid', { name: 'Objects' }).waitFor();
      await page.getByText('cover.png').waitFor();
      expect(await findViolations(page), search).toEqual([]);
      await expect.poll(() => overflowOf(page), { timeout: 15_000 }).toBe(0);
    }
  },
  120_000,
);

test('nothing went wrong behind the scenes', () => {
  // What navigation cancels, downloads among it.
  expect(troubles.found.filter((text) => !text.includes('ERR_ABORTED'))).toEqual([]);
});
