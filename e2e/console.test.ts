import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

/** The frame around the pages: palette, appearance, language. */

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
  await page.getByLabel('E-mail').fill(access.ADMIN_EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(access.ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
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

test('nothing went wrong behind the scenes', () => {
  expect(troubles.found.filter((text) => !text.includes('ERR_ABORTED'))).toEqual([]);
});
