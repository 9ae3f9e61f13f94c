import { AxeBuilder } from '@axe-core/playwright';
import { generate } from 'otplib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { createStack, freePorts, type Stack, type StackAccess } from './harness/stack.ts';

const PASSWORD = 'purple-lamp-river-44';

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let troubles: PageTroubles;
let home: string;

beforeAll(async () => {
  const ports = await freePorts();
  // Passkeys need a name: an address has none.
  home = `http://localhost:${ports['SUPASTOR_ADMIN_PORT']}`;
  const env = {
    ...ports,
    SUPASTOR_ADMIN_PUBLIC_URL: home,
    SUPASTOR_ACCESS_SECOND_FACTOR: 'required',
    SUPASTOR_ACCESS_SECOND_FACTOR_ROLES: 'developer',
  };
  [stack, browser] = await Promise.all([createStack({ env }), launchBrowser()]);
  await stack.up('--dev');
  access = await stack.access();
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'] });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  troubles = watchTroubles(page);
}, 180_000);

afterAll(async () => {
  await browser.close();
  await stack.destroy();
}, 60_000);

/** The code of so many time steps after now; one step is accepted, so that clocks may differ. */
const codeOf = (secret: string, steps = 0) => generate({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * steps });

async function enterPassword(at: Page, email: string, password: string): Promise<void> {
  await at.getByLabel('E-mail').fill(email);
  await at.getByLabel('Password', { exact: true }).fill(password);
  await at.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function readKey(at: Page): Promise<string> {
  return (await at.getByTestId('factor-key').innerText()).replaceAll(/\s/g, '');
}

async function isAccessible(at: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page: at }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  expect(await at.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0);
}

let secret = '';
let recoveryCodes: readonly string[] = [];

test('a second factor is set up with a picture, a code and recovery codes that are shown once', async () => {
  await page.goto(home);
  await enterPassword(page, access.ADMIN_EMAIL, access.ADMIN_PASSWORD);
  await page.getByRole('heading', { name: 'Buckets' }).waitFor();
  await page.getByRole('button', { name: `Account ${access.ADMIN_EMAIL}` }).click();
  await page.getByRole('menuitem', { name: 'Your account' }).click();
  await page.getByText('A password alone signs you in').waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Set up' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password', { exact: true }).fill(access.ADMIN_PASSWORD);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  await page.screenshot({ path: '/tmp/ident-1.png' });
  await isAccessible(page);
  secret = await readKey(page);
  await dialog.getByRole('textbox', { name: 'Code' }).fill('000000');
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  await dialog.getByText('The code is wrong').waitFor();
  await dialog.getByRole('textbox', { name: 'Code' }).fill(await codeOf(secret));
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  const shown = dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem');
  await shown.first().waitFor();
  recoveryCodes = await shown.allInnerTexts();
  expect(recoveryCodes).toHaveLength(10);
  await page.screenshot({ path: '/tmp/ident-2.png' });
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Copy codes' }).click();
  expect(String(await page.evaluate('navigator.clipboard.readText()')).trim()).toBe(recoveryCodes.join('\n'));
  const saved = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download' }).click();
  expect((await saved).suggestedFilename()).toBe('recovery-codes-localhost.txt');
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('10 recovery codes left').waitFor();
  await page.screenshot({ path: '/tmp/ident-3.png' });
  await page.setViewportSize({ width: 1280, height: 800 });
}, 120_000);

test('signing in takes the code, once, or a recovery code, once', async () => {
  const visit = await browser.newContext();
  const visitor = await visit.newPage();
  visitor.setDefaultTimeout(60_000);
  const signOut = async () => {
    await visitor.getByRole('button', { name: `Account ${access.ADMIN_EMAIL}` }).click();
    await visitor.getByRole('menuitem', { name: 'Sign out' }).click();
  };
  await visitor.goto(home);
  await enterPassword(visitor, access.ADMIN_EMAIL, access.ADMIN_PASSWORD);
  const code = await codeOf(secret, 1);
  await visitor.getByRole('textbox', { name: 'Code' }).fill('111111');
  await isAccessible(visitor);
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await visitor.getByText('The code is wrong').waitFor();
  await visitor.getByRole('textbox', { name: 'Code' }).fill(code);
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await visitor.getByRole('heading', { name: 'Buckets' }).waitFor();
  await signOut();
  await enterPassword(visitor, access.ADMIN_EMAIL, access.ADMIN_PASSWORD);
  await visitor.getByRole('textbox', { name: 'Code' }).fill(code);
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await visitor.getByText('was used before').waitFor();
  await visitor.getByRole('textbox', { name: 'Code' }).fill(String(recoveryCodes[3]));
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await visitor.getByRole('heading', { name: 'Buckets' }).waitFor();
  await signOut();
  await visitor.getByLabel('E-mail').waitFor();
  await visit.close();
  await page.reload();
  await page.getByText('9 recovery codes left').waitFor();
}, 120_000);

test('whoever has a role that asks for a second factor sets it up before anything else, and an owner can take it back', async () => {
  await page.getByRole('link', { name: 'Access' }).click();
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByLabel('E-mail').fill('ada@example.org');
  await page.getByRole('dialog').getByLabel('Role').click();
  await page.getByRole('option', { name: /developer/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  await page.getByRole('button', { name: 'Done' }).click();

  const theirs = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const visitor = await theirs.newPage();
  visitor.setDefaultTimeout(60_000);
  await visitor.goto(link);
  await visitor.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await visitor.getByRole('button', { name: 'Set password' }).click();
  await enterPassword(visitor, 'ada@example.org', PASSWORD);
  await visitor.getByText('Your role asks for a second factor').waitFor();
  await visitor.goto(`${home}/services`);
  await visitor.getByText('Your role asks for a second factor').waitFor();
  await visitor.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await visitor.getByRole('button', { name: 'Continue' }).click();
  await visitor.screenshot({ path: '/tmp/ident-4.png', fullPage: true });
  await isAccessible(visitor);
  await visitor.getByRole('textbox', { name: 'Code' }).fill(await codeOf(await readKey(visitor)));
  await visitor.getByRole('button', { name: 'Turn on' }).click();
  await visitor.getByRole('button', { name: 'I have kept them' }).click();
  await visitor.getByRole('heading', { name: 'Buckets' }).waitFor();

  await page.reload();
  await page.getByRole('button', { name: 'Reset second factor of ada@example.org' }).waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: '/tmp/ident-5.png' });
  await page.getByRole('button', { name: 'Reset second factor of ada@example.org' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('button', { name: 'Reset second factor of ada@example.org' }).waitFor({ state: 'detached' });
  await visitor.getByLabel('E-mail').waitFor();
  await theirs.close();
}, 120_000);

test('nothing went wrong behind the scenes', () => {
  // The code that was wrong on purpose, and what navigation cancels.
  expect(troubles.found.filter((text) => !/40[01]|ERR_ABORTED/.test(text))).toEqual([]);
});
