import { generate } from 'otplib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { findViolations, overflowOf } from './harness/dashboard.ts';
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
  await at.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await at.getByLabel('Password', { exact: true }).fill(password);
  await at.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function query(sql: string): Promise<void> {
  const client = new Client({ connectionString: access.DB_URL });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function readKey(at: Page): Promise<string> {
  return (await at.getByTestId('factor-key').innerText()).replaceAll(/\s/g, '');
}

async function isAccessible(at: Page): Promise<void> {
  expect(await findViolations(at)).toEqual([]);
  expect(await overflowOf(at)).toBe(0);
}

let secret = '';
let recoveryCodes: readonly string[] = [];

test('a second factor is set up with a picture, a code and recovery codes that are shown once', async () => {
  await page.goto(home);
  await enterPassword(page, access.ADMIN_EMAIL, access.ADMIN_PASSWORD);
  await page.getByRole('heading', { name: 'Home' }).waitFor();
  await page.getByRole('button', { name: `Account ${access.ADMIN_EMAIL}` }).click();
  await page.getByRole('menuitem', { name: 'Your account' }).click();
  await page.getByText('A password alone signs you in').waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Set up' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password', { exact: true }).fill(access.ADMIN_PASSWORD);
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await dialog.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
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
  await isAccessible(page);
  await dialog.getByRole('button', { name: 'Copy codes' }).click();
  expect(String(await page.evaluate('navigator.clipboard.readText()')).trim()).toBe(recoveryCodes.join('\n'));
  const saved = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download' }).click();
  expect((await saved).suggestedFilename()).toBe('recovery-codes-localhost.txt');
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('10 recovery codes left').waitFor();
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
  await visitor.getByRole('heading', { name: 'Home' }).waitFor();
  await signOut();
  await enterPassword(visitor, access.ADMIN_EMAIL, access.ADMIN_PASSWORD);
  await visitor.getByRole('textbox', { name: 'Code' }).fill(code);
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await visitor.getByText('was used before').waitFor();
  await visitor.getByRole('textbox', { name: 'Code' }).fill(String(recoveryCodes[3]));
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await visitor.getByRole('heading', { name: 'Home' }).waitFor();
  await signOut();
  await visitor.getByRole('textbox', { name: 'E-mail' }).waitFor();
  await visit.close();
  await page.reload();
  await page.getByText('9 recovery codes left').waitFor();
}, 120_000);

test('whoever has a role that asks for a second factor sets it up before anything else, and an owner can take it back', async () => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Access' }).click();
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('textbox', { name: 'E-mail' }).fill('ada@example.org');
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
  await isAccessible(visitor);
  await visitor.getByRole('textbox', { name: 'Code' }).fill(await codeOf(await readKey(visitor)));
  await visitor.getByRole('button', { name: 'Turn on' }).click();
  await visitor.getByRole('button', { name: 'I have kept them' }).click();
  await visitor.getByRole('heading', { name: 'Home' }).waitFor();

  await page.reload();
  await page.getByRole('button', { name: 'Reset second factor of ada@example.org' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
  await page.getByRole('button', { name: 'Reset second factor of ada@example.org' }).waitFor({ state: 'detached' });
  await visitor.getByRole('textbox', { name: 'E-mail' }).waitFor();
  await theirs.close();
}, 120_000);

test('a passkey is made, signs in without a password, is renamed and removed; what it signs works once', async () => {
  const visit = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const visitor = await visit.newPage();
  visitor.setDefaultTimeout(60_000);
  const device = await visit.newCDPSession(visitor);
  await device.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const;
  const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, isUserVerified: true } });
  const verified = (isUserVerified: boolean) => device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  const signOut = async () => {
    await visitor.goto(`${home}/account`);
    await visitor.getByRole('button', { name: 'Open navigation' }).click();
    await visitor.getByRole('button', { name: `Account ${access.ADMIN_EMAIL}` }).click();
    await visitor.getByRole('menuitem', { name: 'Sign out' }).click();
    await visitor.getByRole('textbox', { name: 'E-mail' }).waitFor();
  };
  await visitor.goto(home);
  await enterPassword(visitor, access.ADMIN_EMAIL, access.ADMIN_PASSWORD);
  await visitor.getByRole('textbox', { name: 'Code' }).fill(String(recoveryCodes[5]));
  await visitor.getByRole('button', { name: 'Sign in' }).click();
  await visitor.getByRole('heading', { name: 'Home' }).waitFor();
  await visitor.goto(`${home}/account`);
  const add = async (password: string) => {
    await visitor.getByRole('button', { name: 'Add passkey' }).click();
    await visitor.getByRole('textbox', { name: 'Name' }).fill('Laptop');
    await visitor.getByLabel('Password', { exact: true }).fill(password);
    await visitor.getByRole('button', { name: 'Continue' }).click();
  };
  await add('not the password');
  await visitor.getByText('The password is wrong').waitFor();
  await visitor.getByRole('button', { name: 'Cancel' }).click();
  await add(access.ADMIN_PASSWORD);
  await visitor.getByRole('listitem', { name: 'Laptop' }).getByText('Never used').waitFor();
  await isAccessible(visitor);
  await add(access.ADMIN_PASSWORD);
  await visitor.getByText('This device has a passkey of yours already').waitFor();
  await visitor.getByRole('button', { name: 'Cancel' }).click();

  await signOut();
  await isAccessible(visitor);
  const sent = visitor.waitForRequest((request) => request.url().endsWith('/session/passkey') && request.method() === 'POST');
  await visitor.getByRole('button', { name: 'Use a passkey' }).click();
  await visitor.getByRole('heading', { name: 'Home' }).waitFor();
  const body: unknown = (await sent).postDataJSON();
  const send = async (changed: unknown) => {
    const answer = await fetch(`${access.ADMIN_URL}/api/v1/session/passkey`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(changed),
    });
    return answer.status;
  };
  expect(await send(body)).toBe(401);
  const begun = await fetch(`${access.ADMIN_URL}/api/v1/session/passkey/options`, { method: 'POST' });
  const { ticket }: { ticket: string } = JSON.parse(await begun.text());
  expect(await send({ ...Object(body), ticket })).toBe(401);

  // A device that does not know whose finger it is gets nobody in.
  await signOut();
  await verified(false);
  await visitor.getByRole('button', { name: 'Use a passkey' }).click();
  await visitor.getByText('Nothing was done').waitFor();
  await verified(true);
  await visitor.getByRole('button', { name: 'Use a passkey' }).click();
  await visitor.getByRole('heading', { name: 'Home' }).waitFor();

  // A copy of the key has not counted on.
  await query('update supastor.passkeys set counter = 1000000');
  await signOut();
  await visitor.getByRole('button', { name: 'Use a passkey' }).click();
  await visitor.getByText('The passkey was not accepted').waitFor();
  await query('update supastor.passkeys set counter = 0');
  await visitor.getByRole('button', { name: 'Use a passkey' }).click();
  await visitor.getByRole('heading', { name: 'Home' }).waitFor();

  await visitor.goto(`${home}/account`);
  await visitor.getByRole('button', { name: 'Rename Laptop' }).click();
  await visitor.getByRole('textbox', { name: 'Name' }).fill('Work laptop');
  await visitor.getByRole('button', { name: 'Rename', exact: true }).click();
  await visitor.getByRole('button', { name: 'Remove Work laptop' }).click();
  await visitor.getByRole('button', { name: 'Remove passkey' }).click();
  await visitor.getByText('No passkeys').waitFor();
  await signOut();
  await visitor.getByRole('button', { name: 'Use a passkey' }).click();
  await visitor.getByText('The passkey was not accepted').waitFor();
  await visit.close();
}, 180_000);

test('nothing went wrong behind the scenes', () => {
  // The code that was wrong on purpose, and what navigation cancels.
  expect(troubles.found.filter((text) => !/40[01]|ERR_ABORTED/.test(text))).toEqual([]);
});
