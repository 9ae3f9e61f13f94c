import { StorageClient } from '@supabase/storage-js';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { findViolations, overflowOf, signIn } from './harness/dashboard.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

let destination: TempDir;
let stack: Stack;
let access: StackAccess;
let browser: Browser;
let page: Page;
let troubles: PageTroubles;

beforeAll(async () => {
  destination = await createTempDir('e2e-dashboard-backups');
  [stack, browser] = await Promise.all([startStack({ env: { SUPASTOR_BACKUPS_DESTINATION: destination.path } }), launchBrowser()]);
  access = await stack.access();
  const storage = new StorageClient(access.STORAGE_URL, { authorization: `Bearer ${access.SERVICE_ROLE_KEY}` });
  await storage.createBucket('photos');
  await storage.from('photos').upload('a.txt', 'kept');
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  troubles = watchTroubles(page);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.destroy();
  await destination?.remove();
}, 60_000);

test('a backup is made, read again, and shows how it is brought back', async () => {
  await page.goto(`${access.ADMIN_URL}/backups`);
  await signIn(page, access);
  await page.getByText('No backup yet').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Back up now' }).click();
  const backups = page.getByRole('list', { name: 'Backups', exact: true });
  const line = backups.getByRole('listitem');
  await line.getByText('Complete').waitFor();
  await line.getByText('1 version ·').waitFor();
  await line.getByRole('button', { name: /^Verify the backup of/ }).click();
  await page.getByText('Every byte of it is read again').waitFor();
  await line.getByRole('button', { name: /^Restore the backup of/ }).click();
  const dialog = page.getByRole('dialog', { name: /^Restore / });
  await dialog.getByText(/supastor backups restore \d{8}T\d{6}Z-[0-9a-f]{8}/).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await overflowOf(page)).toBe(0);
  expect(await findViolations(page)).toEqual([]);
  await page.setViewportSize({ width: 1280, height: 800 });
}, 180_000);

test('Home says when the last backup was made', async () => {
  await page.goto(access.ADMIN_URL);
  await page.getByText(/^1 versions?, /).waitFor();
  await page.getByRole('link', { name: 'All backups' }).click();
  await page.getByRole('heading', { name: 'Backups' }).waitFor();
}, 120_000);

test('a backup is removed once that was confirmed', async () => {
  await page
    .getByRole('list', { name: 'Backups', exact: true })
    .getByRole('button', { name: /^Remove the backup of/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await page.getByText('Removed, with 1 version of its own').waitFor();
  await page.getByText('No backup yet').waitFor();
}, 120_000);

test('nothing went wrong behind the scenes', () => {
  expect(troubles.found).toEqual([]);
});
