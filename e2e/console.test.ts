import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { findViolations, overflowOf, signIn } from './harness/dashboard.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

/** The frame around the pages (palette, appearance, language), the home page, maintenance and database. */

const WAIT = { timeout: 30_000 };

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let troubles: PageTroubles;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  access = await stack.access();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', locale: 'en-GB' });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  troubles = watchTroubles(page);
}, 180_000);

afterAll(async () => {
  await browser.close();
  await stack.destroy();
}, 60_000);

const path = () => new URL(page.url()).pathname;

test('the palette goes to a page by a few letters, without a mouse', async () => {
  await page.goto(access.ADMIN_URL);
  await signIn(page, access);
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: 'Go to a page or bucket' });
  await field.waitFor();
  await field.fill('serv');
  await page.getByRole('option', { name: 'Services', selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(path, WAIT).toBe('/services');
  await field.waitFor({ state: 'detached' });

  await page.keyboard.press('Control+k');
  await field.fill('no such thing');
  await page.getByRole('option', { name: 'Search all buckets for “no such thing”' }).waitFor();
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
});

test('density and theme are switched and survive a reload', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Go to a page or bucket' }).fill('compact');
  await page.getByRole('option', { name: 'Density: Compact', selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Appearance' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  const look = () => page.evaluate('document.documentElement.dataset.density + document.documentElement.dataset.colorScheme');
  await expect.poll(look, WAIT).toBe('compactdark');
  await page.keyboard.press('Escape');
  await page.reload();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  expect(await look()).toBe('compactdark');
});

test('the console speaks German when asked to, and to whoever prefers it', async () => {
  await page.getByRole('button', { name: 'Appearance' }).click();
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Dienste' }).waitFor();
  expect(await page.evaluate('document.documentElement.lang')).toBe('de');
  await page.reload();
  await page.getByRole('link', { name: 'Dienste' }).waitFor();
  await page.getByRole('button', { name: 'Darstellung' }).click();
  await page.getByRole('menuitemradio', { name: 'English' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Services' }).waitFor();

  const german = await browser.newContext({ locale: 'de-AT' });
  const visitor = await german.newPage();
  await visitor.goto(access.ADMIN_URL);
  await expect.poll(() => visitor.evaluate('document.documentElement.lang'), WAIT).toBe('de');
  await german.close();
});

test('after the first sign-in the home page shows code with the key masked, until somebody asks for it', async () => {
  await page.goto(access.ADMIN_URL);
  const code = page.getByLabel('Code for storage-js');
  await code.waitFor();
  await expect.poll(() => code.innerText(), WAIT).toContain(access.STORAGE_URL);
  expect(await page.content()).not.toContain(access.SERVICE_ROLE_KEY);
  await page.getByRole('button', { name: 'Show the key' }).click();
  await expect.poll(() => code.innerText(), WAIT).toContain(access.SERVICE_ROLE_KEY);
  await page.getByRole('button', { name: 'Hide the key' }).click();
  await expect.poll(() => page.content(), WAIT).not.toContain(access.SERVICE_ROLE_KEY);

  await page.getByRole('tab', { name: 'S3' }).click();
  await page.getByRole('button', { name: 'Make an S3 key' }).click();
  await expect.poll(() => page.getByLabel('Code for s3').innerText(), WAIT).toMatch(/AWS_SECRET_ACCESS_KEY=\S{20,}/);
  await page.getByRole('button', { name: 'Hide', exact: true }).click();
  await page.getByRole('heading', { name: 'First steps' }).waitFor({ state: 'detached' });
}, 120_000);

/** Titles of the widgets in their order. */
const widgets = () => page.locator('[data-widget] h2').allInnerTexts();

test('the home page is arranged by keyboard and mouse, and stays so for its user', async () => {
  await page.getByRole('button', { name: 'Arrange' }).click();
  await page.getByRole('button', { name: 'Move Errors', exact: true }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => (await widgets())[0], WAIT).toBe('Errors');
  await page.getByText('Errors is 1 of 9').waitFor({ state: 'attached' });
  await page.keyboard.press('Shift+ArrowRight');
  await page.getByText('Errors is 4 of 12 columns wide').waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Remove Disk' }).click();

  const from = await page.getByRole('button', { name: 'Move Latency', exact: true }).boundingBox();
  const over = await page.locator('[data-widget="errors"]').boundingBox();
  if (!from || !over) throw new Error('the widgets are not on the page');
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(over.x + 60, over.y + 60, { steps: 8 });
  await page.mouse.up();
  await expect.poll(async () => (await widgets())[0], WAIT).toBe('Latency');

  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Arrange' }).waitFor();
  const arranged = await widgets();
  expect(arranged).toHaveLength(8);
  await page.reload();
  await expect.poll(widgets, WAIT).toEqual(arranged);
  await page.getByRole('heading', { name: 'First steps' }).waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Arrange' }).click();
  await page.getByRole('button', { name: 'As it came' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Arrange' }).waitFor();
  await expect.poll(async () => (await widgets()).length, WAIT).toBe(9);
}, 120_000);

test('a scan is started and followed to its end', async () => {
  await page.goto(`${access.ADMIN_URL}/maintenance`);
  const scans = page.getByRole('listitem', { name: 'Scan' });
  await page.getByRole('heading', { name: 'Quarantine' }).waitFor();
  // One run at a time: the one that the server began by itself must be over.
  await expect.poll(() => page.getByText(/^(Waiting|Running)$/).count(), { timeout: 60_000 }).toBe(0);
  const before = await scans.count();
  await page.getByRole('button', { name: 'Start scan' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start scan' }).click();
  await page.getByText('Scan started').waitFor();
  await expect.poll(() => scans.count(), WAIT).toBeGreaterThan(before);
  await scans.first().getByText('Done', { exact: true }).waitFor();
  await page.getByText('No version is known to be damaged').waitFor();
}, 120_000);

test('tables, grants and roles of the database are shown', async () => {
  await page.goto(`${access.ADMIN_URL}/database`);
  await page.getByRole('button', { name: 'Columns of objects' }).click();
  await page.getByRole('table', { name: 'Columns of objects' }).getByText('bucket_id').waitFor();
  await page.getByRole('table', { name: 'Roles' }).getByText('service_role').waitFor();
  await page.getByLabel('Schema').click();
  await page.getByRole('option', { name: 'supastor', exact: true }).click();
  await page.getByRole('button', { name: 'Columns of preferences' }).waitFor();
}, 120_000);

test('from a log line one comes to all lines of its request, and back', async () => {
  await page.goto(`${access.ADMIN_URL}/services?service=admin`);
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  const lines = page.getByRole('log').getByRole('button', { name: /request answered|operation/ });
  await lines.last().waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await lines.last().click();
  await page.getByRole('button', { name: 'All lines of this request' }).click();
  await page.getByRole('button', { name: /^Request / }).waitFor();
  const request = new URL(page.url()).searchParams.get('request');
  expect(request).toBeTruthy();
  await expect.poll(() => page.getByRole('log').getByRole('button').count(), WAIT).toBeGreaterThan(0);
  await page.getByRole('button', { name: /^Request / }).press('Delete');
  await expect.poll(() => new URL(page.url()).searchParams.has('request'), WAIT).toBe(false);
}, 120_000);

test('roles tell what they allow', async () => {
  await page.goto(`${access.ADMIN_URL}/access`);
  await page.getByRole('button', { name: 'Permissions of viewer' }).click();
  await page.getByRole('dialog', { name: 'Permissions of viewer' }).getByText('buckets', { exact: true }).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
}, 120_000);

test('in German the pages still fit a phone and are accessible', async () => {
  const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce', locale: 'de-DE' });
  await phone.addCookies(await context.cookies());
  await phone.addInitScript("localStorage.setItem('supastor-signed-in', 'yes')");
  const visitor = await phone.newPage();
  visitor.setDefaultTimeout(60_000);
  for (const [route, title] of [
    ['/', 'Übersicht'],
    ['/maintenance', 'Wartung'],
    ['/database', 'Datenbank'],
  ] as const) {
    await visitor.goto(`${access.ADMIN_URL}${route}`);
    await visitor.getByRole('heading', { level: 1, name: title }).waitFor();
    await expect.poll(() => overflowOf(visitor), { ...WAIT, message: route }).toBe(0);
    expect(await findViolations(visitor), route).toEqual([]);
  }
  await phone.close();
}, 180_000);

test('nothing went wrong behind the scenes', () => {
  expect(troubles.found.filter((text) => !text.includes('ERR_ABORTED'))).toEqual([]);
});
