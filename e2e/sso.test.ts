import { type RunningOidcMock, startOidcMock } from '@supastor/adapters/mocks/oidc/start-oidc-mock';
import { signInAtProvider } from '@supastor/testkit/harness/sign-in-at-provider';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { findViolations, overflowOf, signIn } from './harness/dashboard.ts';
import { cleanEnvironment, REPO_ROOT, runCli } from './harness/cli.ts';
import { createStack, freePorts, type Stack } from './harness/stack.ts';

const BIN = join(REPO_ROOT, 'apps', 'cli', 'bin', 'supastor.mjs');

const CLIENT = { clientId: 'dashboard', clientSecret: 'only-for-these-tests-0123456789abcdef' };

let idp: RunningOidcMock;
let stack: Stack;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let troubles: PageTroubles;
let home: string;

beforeAll(async () => {
  const ports = await freePorts();
  home = `http://localhost:${ports['SUPASTOR_ADMIN_PORT']}`;
  idp = await startOidcMock({ port: 0, ...CLIENT, directory: null });
  const client = { issuer: idp.issuer, ...CLIENT, scopes: ['openid', 'email', 'profile', 'groups'], allowPrivate: true };
  const roles = [{ group: 'ops', role: 'operator' }];
  const sso = JSON.stringify([{ id: 'corp', name: 'Example Corp', ...client, roles, createUsers: true }]);
  const env = { ...ports, SUPASTOR_ADMIN_PUBLIC_URL: home, SUPASTOR_ACCESS_SSO: sso };
  [stack, browser] = await Promise.all([createStack({ env }), launchBrowser()]);
  await stack.up('--dev');
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  troubles = watchTroubles(page);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.destroy();
  await idp?.stop();
}, 60_000);

async function signInThere(login: string, at: Page = page): Promise<void> {
  await at.getByRole('button', { name: 'Sign in with Example Corp' }).click();
  await at.waitForURL(`${idp.issuer}/**`);
  await at.locator(`button[name=login][value=${login}]`).click();
  await at.waitForURL(`${home}/**`);
}

test('somebody signs in with a provider and lands where they wanted to go', async () => {
  idp.users.set('ada', { email: 'ada@example.org', email_verified: true, name: 'Ada', groups: ['ops'] });
  await page.goto(`${home}/services`);
  await page.getByRole('button', { name: 'Sign in with Example Corp' }).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await signInThere('ada');
  await page.getByRole('heading', { name: 'Services' }).waitFor();
  expect(page.url()).toBe(`${home}/services`);
  await page.getByRole('button', { name: 'Account ada@example.org' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Services' }).waitFor();
}, 120_000);

test('the page Account lists where one is signed in, and signs out there', async () => {
  const other = await browser.newContext({ locale: 'en-US' });
  const elsewhere = await other.newPage();
  elsewhere.setDefaultTimeout(60_000);
  await elsewhere.goto(`${home}/services`);
  await signInThere('ada', elsewhere);
  await elsewhere.getByRole('heading', { name: 'Services' }).waitFor();
  await page.goto(`${home}/account`);
  const sessions = page.getByRole('list', { name: 'Your sessions' }).getByRole('listitem');
  await expect.poll(() => sessions.count(), { timeout: 30_000 }).toBe(2);
  expect(await findViolations(page)).toEqual([]);
  await sessions.getByRole('button', { name: /^End session on/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await expect.poll(() => sessions.count(), { timeout: 30_000 }).toBe(1);
  await elsewhere.getByRole('textbox', { name: 'E-mail' }).waitFor();
  await other.close();
}, 120_000);

test('an administrator sees how a provider is configured, without its secret, and tries it', async () => {
  const other = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
  const admin = await other.newPage();
  admin.setDefaultTimeout(60_000);
  const seen = watchTroubles(admin);
  await admin.goto(`${home}/access`);
  await signIn(admin, await stack.access());
  await admin.getByRole('button', { name: 'Details of Example Corp' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Example Corp' });
  await dialog.getByText(`${home}/sso`).waitFor();
  await dialog.getByRole('cell', { name: 'operator' }).waitFor();
  expect(await dialog.textContent()).not.toContain(CLIENT.clientSecret);
  await dialog.getByRole('button', { name: 'Test connection' }).click();
  await dialog.getByText(`${idp.issuer} answers as it should.`, { exact: false }).waitFor();
  expect(await findViolations(admin)).toEqual([]);
  await admin.setViewportSize({ width: 390, height: 844 });
  expect(await overflowOf(admin)).toBe(0);
  expect(seen.found).toEqual([]);
  await admin.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await other.close();
}, 120_000);

test('the command line signs in through the browser', async () => {
  const config = await createTempDir('cli-login');
  const env = cleanEnvironment({ XDG_CONFIG_HOME: config.path });
  const start = (...args: readonly string[]) => spawn(process.execPath, [BIN, ...args, '--project-dir', config.path], { env });
  const login = start('login', home, '--sso');
  const out = { stdout: '', stderr: '' };
  login.stdout.on('data', (chunk) => (out.stdout += String(chunk)));
  login.stderr.on('data', (chunk) => (out.stderr += String(chunk)));
  const ended = new Promise((resolve) => login.once('close', resolve));
  const promptOf = () => /^ +(http\S+)\n[^]*Address of the page that it ends at: $/m.exec(out.stderr)?.[1] ?? '';
  await expect.poll(promptOf, { timeout: 60_000 }).toMatch(/^http/);
  const query = await signInAtProvider(promptOf(), { site: home, login: 'ada' });
  await page.goto(`${home}/sso?${query}`);
  await page.getByText('Did you begin it on the command line?').waitFor();
  login.stdin.write(`nonsense\n${page.url()}\n`);
  expect({ code: await ended, ...out }).toMatchObject({ code: 0, stdout: expect.stringContaining('as ada@example.org (operator)') });
  const whoami = await runCli(['whoami'], { projectDir: config.path, env: { XDG_CONFIG_HOME: config.path } });
  expect(whoami).toMatchObject({ code: 0, stdout: expect.stringContaining('ada@example.org') });
  const again = await runCli(['login', home, '--sso', 'other'], { projectDir: config.path, env: { XDG_CONFIG_HOME: config.path } });
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('one of corp') });
  await config.remove();
}, 120_000);

test('signing out ends the session at the provider too', async () => {
  await page.goto(`${home}/services`);
  await page.getByRole('button', { name: 'Account ada@example.org' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.waitForURL(`${idp.issuer}/session/end**`);
  await page.getByRole('button', { name: /Yes/ }).click();
  await page.waitForURL(`${home}/login**`);
  await page.goto(`${home}/services`);
  await page.getByRole('textbox', { name: 'E-mail' }).waitFor();
  await page.getByRole('button', { name: 'Sign in with Example Corp' }).click();
  await page.locator('button[name=login][value=ada]').waitFor();
}, 120_000);

test('who has no role is told so, and an answer that this tab did not ask for is not used', async () => {
  idp.users.set('eve', { email: 'eve@example.org', email_verified: true, name: 'Eve', groups: [] });
  await page.goto(`${home}/login`);
  await signInThere('eve');
  await page.getByText('None of your groups has a role here').waitFor();
  await page.getByRole('button', { name: 'Back to sign-in' }).click();
  await page.getByRole('textbox', { name: 'E-mail' }).waitFor();
  await page.goto(`${home}/sso?code=stolen&state=foreign`);
  await page.getByText('This sign-in was not begun in this tab').waitFor();
}, 120_000);

test('nothing went wrong behind the scenes', () => {
  // Who is not let in, and what navigation cancels.
  expect(troubles.found.filter((text) => !/403|ERR_ABORTED/.test(text))).toEqual([]);
});
