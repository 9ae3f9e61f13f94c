import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { findViolations, signIn } from './harness/dashboard.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let troubles: PageTroubles;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  access = await stack.access();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  troubles = watchTroubles(page);
  await page.goto(access.ADMIN_URL);
  await signIn(page, access);
  await page.getByRole('heading', { name: 'Home' }).waitFor();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.destroy();
}, 60_000);

const file = () => readFile(join(stack.projectDir, 'supastor.config.yaml'), 'utf8');
const lines = (text: string) => text.split('\n');
const row = (name: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) });

test('settings are found by words, with their value and where it came from; secrets are not shown', async () => {
  await page.goto(`${access.ADMIN_URL}/settings`);
  await page.getByRole('heading', { name: 'Configuration', level: 1 }).waitFor();
  await page.getByLabel('Search').fill('admin port');
  await page.getByRole('cell', { name: 'Variable SUPASTOR_ADMIN_PORT' }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.goto(`${access.ADMIN_URL}/settings?q=jwtSecret`);
  await row('jwtSecret').getByRole('cell', { name: 'Set, not shown' }).waitFor();
  await page.getByRole('button', { name: 'Show auth.jwtSecret' }).click();
  await page.getByRole('dialog').getByText('Secrets are kept in .env').waitFor();
  expect(await page.content()).not.toContain(access.JWT_SECRET);
}, 120_000);

test('a value is checked while it is typed, and written into the file with what it restarts', async () => {
  const before = await file();
  await page.goto(`${access.ADMIN_URL}/settings?q=fileSizeLimit`);
  await page.getByRole('button', { name: 'Edit storage.fileSizeLimit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('New value').fill('many');
  await dialog.getByText('expected a size such as').waitFor();
  expect(await dialog.getByRole('button', { name: 'Write to the file' }).isDisabled()).toBe(true);
  await dialog.getByLabel('New value').fill('60MB');
  await dialog.getByRole('region', { name: 'What changes in supastor.config.yaml' }).getByText('fileSizeLimit: 60MB').waitFor();
  await dialog.getByText('Restart needed: storage.').waitFor();
  expect(await findViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Write to the file' }).click();
  await row('fileSizeLimit').getByRole('cell', { name: '60000000' }).waitFor();
  expect(lines(await file()).filter((line) => !lines(before).includes(line))).toEqual(['      fileSizeLimit: 60MB']);
  const now = lines(await file());
  expect(lines(before).filter((line) => !now.includes(line))).toEqual([]);
  const { storage, admin } = await stack.pids();
  await stack.up('--dev');
  const after = await stack.pids();
  expect(after['storage']).not.toBe(storage);
  expect(after['admin']).toBe(admin);
}, 150_000);

test('a value that the file holds can be taken out again', async () => {
  await page.goto(`${access.ADMIN_URL}/settings?q=fileSizeLimit`);
  await page.getByRole('button', { name: 'Edit storage.fileSizeLimit' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take out of the file' }).click();
  await row('fileSizeLimit').getByRole('cell', { name: '5368709120' }).waitFor();
  expect(await file()).not.toContain('fileSizeLimit: 60MB');
}, 90_000);

test('nothing went wrong behind the scenes', () => {
  expect(troubles.found.filter((trouble) => !trouble.includes('net::ERR_ABORTED'))).toEqual([]);
});
