import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { findViolations, signIn } from './harness/dashboard.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let page: Page;
let troubles: PageTroubles;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
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
}, 60_000);

test('a role is made from the palette by keyboard alone, and changed', async () => {
  await runFromPalette('New role');
  const dialog = page.getByRole('dialog', { name: 'New role' });
  await dialog.waitFor();
  await page.keyboard.type('Archivist!');
  await page.keyboard.press('Enter');
  await dialog.getByText(/^Begin with a letter/).waitFor();
  await dialog.getByText('Choose at least one.').waitFor();
  await dialog.getByLabel('Name').fill('archivist');
  await dialog.getByLabel('Description').fill('Looks after old photos');
  await dialog.getByRole('checkbox', { name: 'buckets:read' }).check();
  await expect.poll(() => findViolations(page), { timeout: 30_000 }).toEqual([]);
  await dialog.getByRole('button', { name: 'Create role' }).click();
  const role = page.getByRole('list', { name: 'Roles' }).getByRole('listitem', { name: 'archivist' });
  await role.getByText('1 permission').waitFor();
  expect(page.url()).not.toContain('create=');

  await role.getByRole('button', { name: 'Edit role archivist' }).click();
  await page.getByRole('dialog').getByRole('checkbox', { name: 'objects:read' }).check();
  await page.getByRole('dialog').getByRole('button', { name: 'Save role' }).click();
  await role.getByText('2 permissions').waitFor();
}, 120_000);

test('somebody is given the role for a bucket, and it is explained why they may and may not', async () => {
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'E-mail' }).fill('ada@example.org');
  await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  await post('account/link/redeem', { token: new URL(link).hash.slice(1), password: 'purple-lamp-river-44' });
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Roles of ada@example.org' }).click();
  const dialog = page.getByRole('dialog', { name: 'Roles of ada@example.org' });
  await dialog.getByRole('combobox', { name: 'Role' }).click();
  await page.getByRole('option', { name: 'archivist' }).click();
  await dialog.getByLabel('Bucket').fill('photos');
  await dialog.getByLabel('Folder').fill('2020');
  await dialog.getByRole('button', { name: 'Give role' }).click();
  await dialog.getByRole('listitem', { name: 'archivist, photos/2020/' }).waitFor();
  await dialog.getByRole('button', { name: 'Take viewer for everything away' }).click();
  await dialog.getByRole('listitem', { name: /^viewer/ }).waitFor({ state: 'detached' });
  await expect.poll(() => findViolations(page), { timeout: 30_000 }).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).click();

  const ask = async (operation: string, path: string) => {
    await page.getByRole('combobox', { name: 'Who' }).fill('ada@example.org');
    await page.getByRole('combobox', { name: 'Operation' }).fill(operation);
    await page.getByRole('textbox', { name: 'Bucket' }).fill('photos');
    await page.getByRole('textbox', { name: 'Path' }).fill(path);
    await page.getByRole('button', { name: 'Explain' }).click();
  };
  await ask('objects.list', '2020/one.jpg');
  await page.getByText('ada@example.org may do objects.list.').waitFor();
  await ask('objects.list', '2021/one.jpg');
  await page.getByText('ada@example.org may not do objects.list.').waitFor();
  await page.getByRole('list', { name: 'What each role says' }).getByText('holds it for another place').waitFor();
}, 120_000);

test('a role that somebody has stays; both go once the person is removed', async () => {
  const remove = async () => {
    await page.getByRole('button', { name: 'Delete role archivist' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  };
  await remove();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Disable ada@example.org' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Disable/ })
    .click();
  await page.getByRole('button', { name: 'Remove ada@example.org' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove ada@example.org?' });
  await dialog.getByRole('textbox').fill('ada@example.org');
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('listitem', { name: 'ada@example.org' }).waitFor({ state: 'detached' });
  await remove();
  await page.getByText('Deleted role archivist').waitFor();
}, 120_000);

test('a deleted policy is brought back out of the history', async () => {
  const { token } = await post('session', { email: access.ADMIN_EMAIL, password: access.ADMIN_PASSWORD });
  await post('policies', { name: 'everybody reads', command: 'SELECT', using: "bucket_id = 'photos'" }, token);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Policies' }).click();
  await page.getByRole('button', { name: 'Delete everybody reads' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  const history = page.getByRole('list', { name: 'History' });
  await history.getByRole('listitem', { name: 'Deleted: everybody reads' }).getByRole('button', { name: /^Show/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Deleted: everybody reads' });
  await dialog.getByText('- policy "everybody reads" on storage.objects').waitFor();
  await expect.poll(() => findViolations(page), { timeout: 30_000 }).toEqual([]);
  await dialog.getByRole('button', { name: 'Take back' }).click();
  await page.getByRole('list', { name: 'Policies' }).getByRole('listitem', { name: 'everybody reads' }).waitFor();
}, 120_000);

test('every dialog that makes something opens from the palette', async () => {
  const dialogs = [
    ['New bucket', 'New bucket'],
    ['New policy', 'New policy'],
    ['Invite somebody', 'Invite somebody'],
    ['New API key', 'New API key'],
    ['New S3 key', 'New S3 key'],
    ['New webhook target', 'New target'],
    ['New schedule', 'New schedule'],
  ] as const;
  for (const [command, title] of dialogs) {
    await runFromPalette(command);
    await page.getByRole('dialog', { name: title }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: title }).waitFor({ state: 'detached' });
  }
}, 120_000);

test('nothing went wrong behind the scenes', () => {
  // The refusal to delete a role that somebody has.
  expect(troubles.found.filter((text) => !text.includes('409') && !text.includes('ERR_ABORTED'))).toEqual([]);
});

/** Whatever the palette offers first for these words. */
async function runFromPalette(command: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /Go to a page/ }).fill(command);
  await page.getByRole('option', { name: new RegExp(`^${command}`), selected: true }).waitFor();
  await page.keyboard.press('Enter');
}

async function post(path: string, body: unknown, token?: string): Promise<{ readonly token: string }> {
  const headers = { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${access.ADMIN_URL}/api/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status, path).toBe(200);
  return JSON.parse(await response.text());
}
