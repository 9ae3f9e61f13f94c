import { StorageClient } from '@supabase/storage-js';
import { type JsonReceiver, startJsonReceiver } from '@supastor/testkit/harness/json-receiver';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { findViolations, signIn } from './harness/dashboard.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let page: Page;
let troubles: PageTroubles;
let receiver: JsonReceiver;

beforeAll(async () => {
  receiver = await startJsonReceiver(() => ({ status: 200, body: '{}' }));
  // Less than all of the disk is free, so that there is an alert to look at.
  const env = {
    SUPASTOR_ALERT_DISK_FREE_PERCENT: '100',
    SUPASTOR_NOTIFY_NTFY_URL: `${receiver.url}/alerts`,
    SUPASTOR_NOTIFY_ALLOW_PRIVATE: 'true',
  };
  [stack, browser] = await Promise.all([startStack({ env }), launchBrowser()]);
  access = await stack.access();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  troubles = watchTroubles(page);
  await page.goto(access.ADMIN_URL);
  await signIn(page, access);
  await page.getByRole('heading', { name: 'Home' }).waitFor();
}, 180_000);

afterAll(async () => {
  await browser.close();
  await stack.destroy();
  await receiver.stop();
}, 60_000);

test('charts say in words what was measured last, over the period that is chosen', async () => {
  await open('Monitoring');
  const disk = page.getByRole('img', { name: /^Disk of the byte store\. Now: Size .*[GT]B, Free .*[GT]B$/ });
  await disk.waitFor();
  await page.getByRole('button', { name: '1 day' }).click();
  await expect.poll(() => page.url(), { timeout: 10_000 }).toContain('range=day');
  await disk.waitFor();
});

test('an alert is acknowledged and silenced, and the silence is ended', async () => {
  await open('Alerts');
  const alert = page.getByRole('list', { name: 'Active' }).getByRole('listitem');
  await alert.getByRole('button', { name: 'Acknowledge' }).click();
  await alert.getByText(`${access.ADMIN_EMAIL} is at it`).waitFor();
  await alert.getByRole('button', { name: 'Silence' }).click();
  const dialog = page.getByRole('dialog', { name: /^Silence disk-space/ });
  await dialog.getByLabel('Reason').fill('a new disk is on its way');
  await dialog.getByRole('button', { name: 'Silence' }).click();
  const silence = page.getByRole('list', { name: 'Silences' }).getByRole('listitem');
  await silence.getByText('a new disk is on its way').waitFor();
  await alert.getByText(/silenced until/).waitFor();
  await silence.getByRole('button', { name: /^End the silence/ }).click();
  await silence.waitFor({ state: 'detached' });
}, 120_000);

test('a rule is silenced ahead of planned work, and a test goes through the channels', async () => {
  await page.getByRole('button', { name: 'Silence: An instance does not answer' }).click();
  const dialog = page.getByRole('dialog', { name: 'Silence instance-down' });
  await dialog.getByLabel('Reason').fill('upgrade');
  await dialog.getByRole('button', { name: 'Silence' }).click();
  await page.getByRole('list', { name: 'Silences' }).getByRole('listitem', { name: 'instance-down' }).waitFor();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByText('Sent through ntfy').waitFor();
  expect(receiver.requests.some(({ path, body }) => path.startsWith('/alerts') && body !== '')).toBe(true);
});

test('a schedule is made, paused, run now and removed', async () => {
  await open('Jobs');
  await page.getByText('Nothing runs by itself yet').waitFor();
  await page.getByRole('button', { name: 'New schedule' }).click();
  const dialog = page.getByRole('dialog', { name: 'New schedule' });
  await dialog.getByRole('button', { name: 'Create schedule' }).click();
  await dialog.getByText('Give it a name to know it by.').waitFor();
  await dialog.getByLabel('Name').fill('nightly check');
  await dialog.getByRole('combobox', { name: 'How often' }).click();
  await page.getByRole('option', { name: 'Every week' }).click();
  await dialog.getByLabel('At', { exact: true }).fill('04:15');
  await dialog.getByRole('combobox', { name: 'Time zone' }).fill('Europe/Berlin');
  await expect.poll(() => findViolations(page), { timeout: 15_000 }).toEqual([]);
  await dialog.getByRole('button', { name: 'Create schedule' }).click();
  const schedule = page.getByRole('list', { name: 'Schedules' }).getByRole('listitem', { name: 'nightly check' });
  await schedule.getByText('Scan · every Sunday at 04:15 (Europe/Berlin)').waitFor();
  await page.getByRole('button', { name: 'Pause nightly check' }).click();
  await schedule.getByText('Paused').waitFor();
  await page.getByRole('button', { name: 'Run nightly check now' }).click();
  await page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').first().getByText('Done', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Edit nightly check' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('weekly check');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Remove weekly check' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('Nothing runs by itself yet').waitFor();
}, 120_000);

test('a bucket begins to keep versions; what is deleted is found and brought back, one by one and all of it', async () => {
  const storage = client();
  expect((await storage.createBucket('trips')).error).toBeNull();
  await page.goto(`${access.ADMIN_URL}/buckets/trips`);
  await page.getByRole('button', { name: 'Actions for bucket trips' }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByRole('dialog').getByLabel('Keep versions').check();
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByText('keeps versions').waitFor();
  const paths = ['lisbon/one.txt', 'lisbon/two.txt', 'three.txt'];
  for (const path of paths) expect((await storage.from('trips').upload(path, path, { contentType: 'text/plain' })).error).toBeNull();
  expect((await storage.from('trips').remove(paths)).error).toBeNull();

  await page.getByRole('button', { name: 'Deleted objects' }).click();
  const deleted = page.getByRole('list', { name: 'Deleted objects' });
  await expect.poll(() => deleted.getByRole('listitem').count(), { timeout: 30_000 }).toBe(3);
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Restore three.txt' }).click();
  await page.getByText('Restored 1 object').waitFor();
  await expect.poll(() => deleted.getByRole('listitem').count(), { timeout: 30_000 }).toBe(2);
  await page.getByRole('button', { name: 'Restore all' }).click();
  await page.getByText('Nothing was deleted here').waitFor();
  await page.getByRole('button', { name: 'Back to the objects' }).click();
  await page.getByRole('row', { name: 'Folder lisbon' }).waitFor();
  const { data } = await storage.from('trips').download('lisbon/two.txt');
  expect(await data?.text()).toBe('lisbon/two.txt');
}, 120_000);

test('a quota is set on the page of a bucket, holds, and is taken away', async () => {
  await page.getByRole('button', { name: 'Set a quota' }).click();
  const dialog = page.getByRole('dialog', { name: 'Quota of trips' });
  await dialog.getByLabel('Bytes').fill('a lot');
  await dialog.getByRole('button', { name: 'Set quota' }).click();
  await dialog.getByText('Write a size such as 5 GB.').waitFor();
  await dialog.getByLabel('Bytes').fill('1 MB');
  await dialog.getByLabel('Objects').fill('3');
  await dialog.getByRole('button', { name: 'Set quota' }).click();
  await page.getByRole('progressbar', { name: 'Objects of trips' }).waitFor();
  await page.getByText(/of 3 objects · \d+%/).waitFor();
  const storage = client();
  expect((await storage.from('trips').upload('four.txt', 'one too many')).error).not.toBeNull();
  await page.getByRole('button', { name: 'Change' }).click();
  await dialog.getByRole('button', { name: 'Take it away' }).click();
  await page.getByRole('button', { name: 'Set a quota' }).waitFor();
}, 120_000);

test('nothing went wrong behind the scenes', () => {
  expect(troubles.found.filter((text) => !text.includes('ERR_ABORTED'))).toEqual([]);
});

async function open(name: string): Promise<Locator> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
  const heading = page.getByRole('heading', { level: 1, name });
  await heading.waitFor();
  return heading;
}

function client(): StorageClient {
  return new StorageClient(access.STORAGE_URL, { apikey: access.SERVICE_ROLE_KEY, Authorization: `Bearer ${access.SERVICE_ROLE_KEY}` });
}
