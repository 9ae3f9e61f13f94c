import { createHmac } from 'node:crypto';
import { StorageClient } from '@supabase/storage-js';
import { type JsonReceiver, startJsonReceiver } from '@supastor/testkit/harness/json-receiver';
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
let receiver: JsonReceiver;
/** What the receiver answers from now on. */
let status = 200;

beforeAll(async () => {
  receiver = await startJsonReceiver(() => ({ status, body: '' }));
  [stack, browser] = await Promise.all([startStack({ env: { SUPASTOR_WEBHOOK_ALLOW_PRIVATE: 'true' } }), launchBrowser()]);
  access = await stack.access();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  troubles = watchTroubles(page);
  await page.goto(access.ADMIN_URL);
  await signIn(page, access);
  await page.getByRole('heading', { name: 'Home' }).waitFor();
  const { error } = await client().createBucket('photos');
  if (error) throw error;
}, 180_000);

afterAll(async () => {
  await browser.close();
  await stack.destroy();
  await receiver.stop();
}, 60_000);

test('a target is made, tested, and told of an upload with a signature that holds', async () => {
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await page.getByText('Nobody is told yet').waitFor();
  await page.getByRole('button', { name: 'New target' }).click();
  const form = page.getByRole('dialog');
  await form.getByRole('button', { name: 'Create target' }).click();
  await form.getByText('Give it a name to know it by.').waitFor();
  await form.getByLabel('Name').fill('thumbnails');
  await form.getByLabel('URL').fill(`${receiver.url}/hook`);
  await form.getByLabel('Created').check();
  await form.getByRole('button', { name: 'Create target' }).click();
  const secret = await page.getByRole('dialog', { name: 'Signing key' }).getByLabel('Secret').inputValue();
  await page.getByRole('button', { name: 'I have kept it' }).click();

  await page.getByRole('button', { name: 'Test thumbnails' }).click();
  await page.getByText(/Answered 200/).waitFor();
  const before = receiver.requests.length;
  await upload('sunset.txt');
  await expect.poll(() => receiver.requests.length, { timeout: 60_000 }).toBe(before + 1);
  const message = receiver.requests[before];
  const signature = createHmac('sha256', secret)
    .update(`${String(message?.headers['x-supastor-timestamp'])}.${message?.body}`)
    .digest('hex');
  expect(message?.headers['x-supastor-signature']).toBe(`v1=${signature}`);
  await messages()
    .getByRole('row', { name: /photos\/sunset\.txt.*Delivered/ })
    .waitFor();
});

test('a delivered message is sent again', async () => {
  const before = receiver.requests.length;
  await page.getByRole('button', { name: 'Send photos/sunset.txt again' }).click();
  await expect.poll(() => receiver.requests.length, { timeout: 60_000 }).toBe(before + 1);
  expect(receiver.requests[before]?.body).toContain('sunset.txt');
});

test('what a target refuses waits, with the reason, and the list can be narrowed to it', async () => {
  status = 500;
  await upload('storm.txt');
  await messages()
    .getByRole('row', { name: /photos\/storm\.txt.*Waiting/ })
    .waitFor();
  await page.getByLabel('State').click();
  await page.getByRole('option', { name: 'Waiting' }).click();
  await messages().getByText(/500/).first().waitFor();
  await expect.poll(() => messages().getByText('photos/sunset.txt').count(), { timeout: 30_000 }).toBe(0);
  await isAccessible();
});

test('a target is paused, and deleted with its log', async () => {
  await page.getByRole('button', { name: 'More for thumbnails' }).click();
  await page.getByRole('menuitem', { name: 'Pause' }).click();
  await page.getByText('Paused').waitFor();
  await page.getByRole('button', { name: 'More for thumbnails' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete target' }).click();
  await page.getByText('Nobody is told yet').waitFor();
  await isAccessible();
});

test('a signed link is listed with its use, and refused once it is revoked', async () => {
  await page.getByRole('link', { name: 'Links', exact: true }).click();
  await page.getByText('No links yet').waitFor();
  const { data, error } = await client().from('photos').createSignedUrl('sunset.txt', 3600);
  if (error) throw error;
  expect((await fetch(data.signedUrl)).status).toBe(200);
  const row = page.getByRole('table', { name: 'Signed links' }).getByRole('row', { name: /photos\/sunset\.txt/ });
  await expect
    .poll(
      async () => {
        await page.reload();
        await page.getByRole('heading', { name: 'Links' }).waitFor();
        return row.filter({ hasText: 'Live' }).filter({ hasText: '1' }).count();
      },
      { timeout: 60_000, interval: 1000 },
    )
    .toBe(1);
  await isAccessible();
  await page.getByRole('button', { name: 'Revoke the link to photos/sunset.txt' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await row.filter({ hasText: 'Revoked' }).waitFor();
  await expect.poll(async () => (await fetch(data.signedUrl)).status, { timeout: 30_000 }).toBe(400);
});

test('all links to a folder are revoked at once', async () => {
  await upload('trip/a.txt');
  const { data, error } = await client().from('photos').createSignedUrl('trip/a.txt', 3600);
  if (error) throw error;
  await page.getByLabel('Bucket').fill('photos');
  await page.getByLabel('Path begins with').fill('trip/');
  await page.getByRole('button', { name: 'Revoke all of these' }).waitFor();
  await page.waitForURL(/prefix=trip/);
  await page.getByRole('button', { name: 'Revoke all of these' }).click();
  await page.getByRole('dialog', { name: 'Revoke all links to photos/trip/?' }).getByRole('button', { name: 'Revoke' }).click();
  await expect.poll(async () => (await fetch(data.signedUrl)).status, { timeout: 30_000 }).toBe(400);
});

test('nothing went wrong behind the scenes', () => {
  expect(troubles.found.filter((text) => !text.includes('ERR_ABORTED'))).toEqual([]);
});

function client(): StorageClient {
  return new StorageClient(access.STORAGE_URL, { Authorization: `Bearer ${access.SERVICE_ROLE_KEY}` });
}

async function upload(path: string): Promise<void> {
  const { error } = await client().from('photos').upload(path, 'bytes', { contentType: 'text/plain' });
  if (error) throw error;
}

function messages() {
  return page.getByRole('table', { name: 'Messages' });
}

/** Colours are themselves once what opens and closes has faded. */
async function isAccessible(): Promise<void> {
  await expect.poll(() => findViolations(page), { timeout: 20_000 }).toEqual([]);
}
