import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { signIn } from './harness/dashboard.ts';
import { fillBucket, nameAt } from './harness/large-bucket.ts';
import { openList, scrollScreens } from './harness/long-list.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

/** The long form has a million; what both check is the same, and no time is asserted. */
const OBJECTS = Number(process.env['SUPASTOR_LARGE_BUCKET'] ?? 20_000);
const SCREENS = OBJECTS > 100_000 ? 200 : 60;
/** A screen of 800 px, twelve lines ahead on both sides, and the line that says that more is coming. */
const MAX_LINES = 60;

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let page: Page;
let troubles: PageTroubles;
const listings: URL[] = [];

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  access = await stack.access();
  await fillBucket(access, 'large', OBJECTS);
  page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.setDefaultTimeout(60_000);
  troubles = watchTroubles(page);
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname.endsWith('/buckets/large/objects')) listings.push(url);
  });
  await page.goto(`${access.ADMIN_URL}/buckets`);
  await signIn(page, access);
  await page.getByRole('link', { name: 'large', exact: true }).waitFor();
}, 600_000);

afterAll(async () => {
  await browser.close();
  await stack.destroy();
}, 60_000);

test('the first page is asked for once, while the pointer rests on the link', async () => {
  await openList(page, 'large');
  await page.getByRole('row', { name: nameAt(0), exact: true }).waitFor();
  expect(listings.map(({ searchParams }) => searchParams.get('cursor'))).toEqual([null]);
});

test('screen after screen shows the right lines, with few of them in the page and each page of them asked for once', async () => {
  const { maxLines, lastPlace } = await scrollScreens(page, SCREENS);
  expect(lastPlace).toBeGreaterThan(SCREENS * 5);
  expect(maxLines).toBeLessThanOrEqual(MAX_LINES);
  const shown: { place: number; name: string }[] = await page.evaluate(
    `[...document.querySelectorAll('[role="row"][data-index]')].map((row) => ({ place: Number(row.dataset.index), name: row.ariaLabel }))`,
  );
  expect(shown.length).toBeGreaterThan(10);
  for (const { place, name } of shown) expect(name).toBe(nameAt(place));
  const cursors = listings.map(({ searchParams }) => searchParams.get('cursor'));
  expect(new Set(cursors).size).toBe(cursors.length);
  // What is ahead of the screen is loaded, not all that there is.
  expect(cursors.length).toBeLessThanOrEqual(2 + Math.ceil((lastPlace + 40) / 1000));
}, 600_000);

test('the way back to the top is there without asking again', async () => {
  const before = listings.length;
  await page.evaluate(`document.querySelector('[role="grid"]').scrollTop = 0`);
  await page.getByRole('row', { name: nameAt(0), exact: true }).waitFor();
  expect(listings.length).toBe(before);
});

test('a name in the far end is found by how it starts', async () => {
  const last = nameAt(OBJECTS - 1);
  await page.getByLabel('Name starts with').fill(last.slice(0, -5));
  await page.getByRole('row', { name: last, exact: true }).waitFor();
  await expect.poll(() => page.getByRole('row', { name: nameAt(0), exact: true }).count(), { timeout: 30_000 }).toBe(0);
});

test('nothing went wrong behind the scenes', () => {
  expect(troubles.found.filter((text) => !text.includes('ERR_ABORTED'))).toEqual([]);
});
