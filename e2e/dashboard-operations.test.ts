import { type JsonReceiver, startJsonReceiver } from '@supastor/testkit/harness/json-receiver';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { signIn } from './harness/dashboard.ts';
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
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
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

test('nothing went wrong behind the scenes', () => {
  expect(troubles.found.filter((text) => !text.includes('ERR_ABORTED'))).toEqual([]);
});

async function open(name: string): Promise<Locator> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
  const heading = page.getByRole('heading', { level: 1, name });
  await heading.waitFor();
  return heading;
}
