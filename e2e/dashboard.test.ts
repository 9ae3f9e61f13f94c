import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { StorageClient } from '@supabase/storage-js';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { findViolations, overflowOf } from './harness/dashboard.ts';
import { dropPaths } from './harness/drop.ts';
import { makePng } from './harness/pictures.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

const FILES = 20;

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let troubles: PageTroubles;
let files: TempDir;

beforeAll(async () => {
  files = await createTempDir('e2e-drop');
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  access = await stack.access();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] });
  page = await context.newPage();
  troubles = watchTroubles(page);
}, 180_000);

afterAll(async () => {
  await browser.close();
  await stack.destroy();
  await files.remove();
}, 60_000);

test('a wrong password is refused, the right one signs in', async () => {
  await page.goto(access.ADMIN_URL);
  await page.getByRole('textbox', { name: 'E-mail' }).fill(access.ADMIN_EMAIL);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(access.ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Home' }).waitFor();
  const cookies = await context.cookies();
  expect(cookies.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite }))).toEqual([
    { httpOnly: true, sameSite: 'Strict' },
    { httpOnly: true, sameSite: 'Strict' },
  ]);
  expect(await page.evaluate('Object.keys(localStorage).join() + document.cookie')).not.toMatch(/eyJ/);
});

test('a bucket is created', async () => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Buckets' }).click();
  await page.getByRole('button', { name: 'New bucket' }).first().click();
  await page.getByLabel('Name').fill('holiday');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /create/i })
    .click();
  await page.getByRole('heading', { name: 'holiday' }).waitFor();
});

test('a folder of 20 files is dropped, and its upload is followed to the end', async () => {
  const folder = join(files.path, 'beach');
  await mkdir(join(folder, 'sunset'), { recursive: true });
  for (let index = 0; index < FILES; index++) {
    const name = index < 15 ? `photo-${index}.png` : join('sunset', `photo-${index}.png`);
    await writeFile(join(folder, name), makePng(64 + index, 48, [200, 10 * index, 90]));
  }
  await dropPaths(page, page.getByTestId('drop-zone'), [folder]);
  const dock = page.getByRole('region', { name: 'Uploads' });
  await dock.getByRole('progressbar', { name: 'Total upload progress' }).waitFor();
  await dock.getByText(/20 (files )?uploaded|uploaded 20/i).waitFor();
  await page.getByRole('row', { name: 'Folder beach' }).waitFor();

  const storage = new StorageClient(access.STORAGE_URL, {
    apikey: access.SERVICE_ROLE_KEY,
    Authorization: `Bearer ${access.SERVICE_ROLE_KEY}`,
  });
  const top = await storage.from('holiday').list('beach');
  const inner = await storage.from('holiday').list('beach/sunset');
  expect(top.data?.filter((entry) => entry.id !== null)).toHaveLength(15);
  expect(inner.data).toHaveLength(5);
  const { data } = await storage.from('holiday').download('beach/sunset/photo-19.png');
  expect(Buffer.from((await data?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(makePng(64 + 19, 48, [200, 190, 90]));
  await dock.getByRole('button', { name: 'Close uploads' }).click();
});

test('an image is previewed', async () => {
  await page.getByRole('row', { name: 'Folder beach' }).click();
  await page.getByRole('row', { name: 'photo-3.png' }).click();
  const image = page.getByRole('img', { name: 'Preview of photo-3.png' });
  await image.waitFor();
  await expect.poll(() => page.evaluate("document.querySelector('img[alt=\\'Preview of photo-3.png\\']')?.naturalWidth")).toBe(67);
  await page.getByRole('button', { name: 'Close details' }).click();
});

test('a signed link is copied and opens for someone who is not signed in', async () => {
  await page.getByRole('button', { name: 'Actions for photo-3.png' }).click();
  await page.getByRole('menuitem', { name: 'Get link' }).click();
  await page.getByRole('button', { name: 'Create link' }).click();
  await page.getByRole('button', { name: 'Copy link' }).click();
  const link = String(await page.evaluate('navigator.clipboard.readText()'));
  expect(link).toContain('/object/sign/holiday/beach/photo-3.png?token=');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

  const response = await fetch(link);
  expect(response.status).toBe(200);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(makePng(67, 48, [200, 30, 90]));
});

test('a file uploaded by storage-js shows up without a reload', async () => {
  const storage = new StorageClient(access.STORAGE_URL, {
    apikey: access.SERVICE_ROLE_KEY,
    Authorization: `Bearer ${access.SERVICE_ROLE_KEY}`,
  });
  expect((await storage.from('holiday').upload('beach/from-code.txt', 'hello', { contentType: 'text/plain' })).error).toBeNull();
  await page.getByRole('row', { name: 'from-code.txt' }).waitFor();
});

test('objects and a folder are deleted', async () => {
  await page.getByRole('button', { name: 'Actions for photo-3.png' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('row', { name: 'photo-3.png' }).waitFor({ state: 'detached' });

  await page.getByRole('navigation', { name: 'Path' }).getByRole('link', { name: 'holiday' }).click();
  await page.getByRole('button', { name: 'Actions for beach' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('row', { name: 'Folder beach' }).waitFor({ state: 'detached' });
});

test('services are shown live, with their log, and one is restarted', async () => {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: /Services/ })
    .click();
  await page.getByRole('heading', { name: 'Services' }).waitFor();
  await expect.poll(() => page.getByText('Healthy', { exact: true }).count()).toBe(4);
  await page.getByRole('log').getByText('request answered').first().waitFor();
  const before = (await stack.pids())['meta'];
  await page.getByRole('button', { name: 'Actions for meta' }).click();
  await page.getByRole('menuitem', { name: 'Restart' }).click();
  await expect.poll(async () => (await stack.pids())['meta'] ?? before, { timeout: 20_000 }).not.toBe(before);
  await expect.poll(() => page.getByText('Healthy', { exact: true }).count(), { timeout: 20_000 }).toBe(4);
});

test('an API key is made, shown once, used and revoked', async () => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Access' }).click();
  await page.getByRole('button', { name: 'New key' }).click();
  await page.getByLabel('Name').fill('nightly');
  await page.getByLabel('system:read').check();
  await page.getByRole('button', { name: 'Create key' }).click();
  const secret = await page.getByLabel('Secret').inputValue();
  const ask = async () => (await fetch(`${access.ADMIN_URL}/api/v1/system`, { headers: { authorization: `Bearer ${secret}` } })).status;
  expect(await ask()).toBe(200);
  await page.getByRole('button', { name: 'I have kept it' }).click();
  expect(await page.content()).not.toContain(secret);
  await page.getByRole('button', { name: 'Revoke nightly' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('Revoked nightly').waitFor();
  expect(await ask()).toBe(401);
  await page.getByText('No keys yet').waitFor();
});

test('an S3 key is made, shown once, used by an S3 client, rotated and revoked', async () => {
  await page.getByRole('link', { name: 'Access' }).click();
  await page.getByRole('button', { name: 'New S3 key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('rclone');
  // Colours are themselves once the dialog has faded in.
  await expect.poll(() => findViolations(page), { timeout: 15_000 }).toEqual([]);
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  const accessKeyId = /Secret of (\S+)/.exec(await page.getByRole('heading', { name: /^Secret of/ }).innerText())?.[1] ?? '';
  const list = async (secretAccessKey: string) => {
    const credentials = { accessKeyId, secretAccessKey };
    const s3 = new S3Client({ endpoint: access.STORAGE_S3_URL, region: 'us-east-1', forcePathStyle: true, maxAttempts: 1, credentials });
    return s3.send(new ListBucketsCommand({})).then(
      () => 'listed',
      () => 'refused',
    );
  };
  await expect.poll(() => list(secret), { timeout: 15_000 }).toBe('listed');
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('button', { name: 'Rotate rclone' }).click();
  await dialog.getByRole('button', { name: 'Rotate key' }).click();
  const next = await page.getByLabel('Secret', { exact: true }).inputValue();
  expect(next).not.toBe(secret);
  // The storage server learns of a changed key within seconds.
  await expect.poll(() => list(next), { timeout: 15_000 }).toBe('listed');
  expect(await list(secret)).toBe('listed');
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('button', { name: 'Revoke rclone' }).click();
  await dialog.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('Revoked rclone').waitFor();
  await expect.poll(() => list(next), { timeout: 15_000 }).toBe('refused');
}, 120_000);

test('somebody is invited, chooses a password with the link, once, and sees what the role allows', async () => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Access' }).click();
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ada@example.org');
  await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('listitem', { name: 'ada@example.org' }).getByText('Invited').waitFor();

  const theirs = await browser.newContext();
  const visitor = await theirs.newPage();
  await visitor.goto(link);
  await visitor.getByText('ada@example.org').waitFor();
  expect(await findViolations(visitor)).toEqual([]);
  await visitor.getByLabel('Password', { exact: true }).fill('purple-lamp-river-44');
  await visitor.getByRole('button', { name: 'Set password' }).click();
  await visitor.getByRole('textbox', { name: 'E-mail' }).fill('ada@example.org');
  await visitor.getByLabel('Password', { exact: true }).fill('purple-lamp-river-44');
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await visitor.getByRole('heading', { name: 'Home' }).waitFor();
  await visitor.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Access' }).click();
  await visitor.getByRole('heading', { level: 1, name: 'Access' }).waitFor();
  await visitor.getByRole('button', { name: 'Invite' }).waitFor({ state: 'detached' });
  await theirs.close();

  const again = await browser.newContext();
  const late = await again.newPage();
  await late.goto(link);
  await late.getByText('This link works no more').waitFor();
  await again.close();
});

test('the audit trail shows who did it, is searched and verifies', async () => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Audit' }).click();
  await page.getByRole('button', { name: 'apiKeys.revoke' }).waitFor();
  await page.getByLabel('Operation', { exact: true }).fill('buckets.create');
  await page.getByRole('button', { name: 'apiKeys.revoke' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'buckets.create' }).click();
  await page.getByRole('dialog').getByRole('heading', { name: 'After' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('The trail is intact').waitFor();
});

test('a policy is made from a pattern, tried, changed and deleted', async () => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Policies' }).click();
  await page.getByRole('button', { name: 'From a pattern' }).click();
  await page.getByRole('dialog').getByLabel('Bucket').fill('holiday');
  await page.getByRole('button', { name: 'Create policies' }).click();
  await page.getByRole('listitem', { name: 'holiday: own-folder (read)', exact: true }).waitFor();

  await page.getByLabel('Bucket').fill('holiday');
  await page.getByLabel('Path').fill('alice/diary.txt');
  await page.getByLabel('User id (sub)').fill('11111111-1111-4111-8111-111111111111');
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByText('Denied', { exact: true }).waitFor();
  await page.getByLabel('Path').fill('11111111-1111-4111-8111-111111111111/diary.txt');
  await page.getByRole('button', { name: 'Try it' }).click();
  await page.getByText('Allowed', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Who can?' }).click();
  await page.getByRole('table', { name: 'Who can' }).getByText('servers with the service key').waitFor();

  await page.getByRole('button', { name: 'Edit holiday: own-folder (read)' }).click();
  await page.getByLabel('Roles').fill('public');
  await page.getByLabel('Change').getByText('+  to public').waitFor();
  await page.getByRole('button', { name: 'Save policy' }).click();
  await page.getByRole('listitem', { name: 'holiday: own-folder (read)', exact: true }).getByText('Everybody').waitFor();
  await page.getByRole('button', { name: 'Delete holiday: own-folder (read)' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('listitem', { name: 'holiday: own-folder (read)', exact: true }).waitFor({ state: 'detached' });
});

test('objects are found over all buckets, and what takes the room is shown', async () => {
  const storage = new StorageClient(access.STORAGE_URL, {
    apikey: access.SERVICE_ROLE_KEY,
    Authorization: `Bearer ${access.SERVICE_ROLE_KEY}`,
  });
  for (const name of ['deep/er/one.txt', 'deep/two.txt']) {
    expect((await storage.from('holiday').upload(name, 'hello', { contentType: 'text/plain' })).error).toBeNull();
  }
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Search' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('**/one.*');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: 'deep/er/one.txt' }).waitFor();
  await expect.poll(() => page.getByRole('table', { name: 'Objects found' }).getByRole('row').count(), { timeout: 15_000 }).toBe(2);

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Usage' }).click();
  await page.getByRole('table', { name: 'Usage' }).getByRole('link', { name: 'holiday' }).click();
  await page.getByRole('table', { name: 'Usage' }).getByRole('link', { name: 'deep/' }).click();
  await page.getByRole('table', { name: 'Usage' }).getByText('two.txt').waitFor();
});

test('a job that deletes a folder is followed to its end', async () => {
  const login = await fetch(`${access.ADMIN_URL}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: access.ADMIN_EMAIL, password: access.ADMIN_PASSWORD }),
  });
  const { token }: { token: string } = JSON.parse(await login.text());
  const started = await fetch(`${access.ADMIN_URL}/api/v1/buckets/holiday/objects/remove-folder`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ folder: 'deep/' }),
  });
  expect(started.status).toBe(200);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Jobs' }).click();
  const job = page.getByRole('listitem', { name: 'Delete holiday/deep/' });
  await job.getByText('Done', { exact: true }).waitFor();
  await job.getByText('2 of 2 objects').waitFor();
});

test.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ['dark', 390],
] as const)(
  'pages are accessible and fit in %s at %i px',
  async (colorScheme, width) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 844 });
    for (const path of [
      '/',
      '/maintenance',
      '/backups',
      '/database',
      '/buckets',
      '/buckets/holiday',
      '/search',
      '/policies',
      '/usage',
      '/links',
      '/webhooks',
      '/jobs',
      '/services',
      '/monitoring',
      '/settings',
      '/alerts',
      '/access',
      '/account',
      '/audit',
    ]) {
      await page.goto(`${access.ADMIN_URL}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => overflowOf(page), { message: path, timeout: 30_000 }).toBe(0);
      expect(await findViolations(page), path).toEqual([]);
    }
  },
  180_000,
);

test('nothing went wrong behind the scenes', () => {
  // The refused sign-in of the first test, and what navigation cancels.
  expect(troubles.found.filter((text) => !text.includes('401') && !text.includes('ERR_ABORTED'))).toEqual([]);
});
