import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, type PageTroubles, watchTroubles } from './harness/browser.ts';
import { findViolations, signIn } from './harness/dashboard.ts';
import { hashStream, writeRandomFile } from './harness/random-file.ts';
import { type Stack, type StackAccess, startStack } from './harness/stack.ts';

const MIB = 1024 * 1024;
/**
 * The long form sends 1 GiB or more. The browser's emulation cuts no request whose body is on its way: it sends the rest of it at once.
 * So a file has parts, of 32 MiB, and a cut comes where another part follows.
 */
const SIZE_BYTES = Number(process.env['SUPASTOR_UPLOAD_BYTES'] ?? 128 * MIB);
/** Slow enough that each fault comes in the middle. */
const BYTES_PER_SECOND = SIZE_BYTES / 12;
const PATIENCE_MS = 300_000;

let stack: Stack;
let access: StackAccess;
let browser: Browser;
let page: Page;
let network: CDPSession;
let troubles: PageTroubles;
let files: TempDir;

beforeAll(async () => {
  files = await createTempDir('e2e-upload');
  [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  access = await stack.access();
  const created = await fetch(`${access.STORAGE_URL}/bucket`, {
    method: 'POST',
    headers: { authorization: `Bearer ${access.SERVICE_ROLE_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'box', id: 'box' }),
  });
  expect(created.status).toBe(200);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  // Leaving a page with running uploads is asked about; here the answer is yes.
  page.on('dialog', (dialog) => void dialog.accept());
  troubles = watchTroubles(page);
  await page.goto(`${access.ADMIN_URL}/buckets/box`);
  await signIn(page, access);
  await page.getByRole('heading', { name: 'box' }).waitFor();
  network = await page.context().newCDPSession(page);
}, 180_000);

afterAll(async () => {
  await browser.close();
  await stack.destroy();
  await files.remove();
}, 60_000);

const dock = () => page.getByRole('region', { name: 'Uploads' });

function throttle(offline: boolean) {
  return network.send('Network.emulateNetworkConditions', {
    offline,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: BYTES_PER_SECOND,
  });
}

/** Waits until the file is that far, in hundredths. */
async function reaches(percent: number, bar = 'Progress of big.bin'): Promise<void> {
  const now = async () => Number(await dock().getByRole('progressbar', { name: bar }).getAttribute('aria-valuenow'));
  await expect.poll(now, { timeout: PATIENCE_MS }).toBeGreaterThanOrEqual(percent);
}

test(
  'a large file arrives although the network goes twice, the page is reloaded and storage is killed',
  async () => {
    const path = join(files.path, 'big.bin');
    const digest = await writeRandomFile(path, SIZE_BYTES);
    await network.send('Network.enable');
    await throttle(false);
    await page.getByLabel('Files to upload').setInputFiles(path);
    await reaches(8);
    await dock()
      .getByText(/\/s · .* left/)
      .waitFor();

    await throttle(true);
    await dock().getByText('Waiting to go on with 1 file').waitFor();
    await throttle(false);
    await reaches(28);

    await dock().getByRole('button', { name: 'Pause big.bin' }).click();
    await dock().getByText('1 file paused').waitFor();
    await dock().getByRole('button', { name: 'Resume big.bin' }).click();
    await reaches(35);

    await page.reload();
    await dock().getByText('1 file not finished').waitFor();
    expect(await findViolations(page)).toEqual([]);
    await throttle(false);
    await dock().getByLabel('Interrupted files').setInputFiles(path);
    await reaches(55);

    await throttle(true);
    await dock().getByText('Waiting to go on with 1 file').waitFor();
    await throttle(false);
    await reaches(78);

    process.kill((await stack.pids())['storage'] ?? 0, 'SIGKILL');
    await dock().getByText('1 file uploaded').waitFor({ timeout: PATIENCE_MS });

    const stored = await fetch(`${access.STORAGE_URL}/object/box/big.bin`, {
      headers: { authorization: `Bearer ${access.SERVICE_ROLE_KEY}` },
    });
    if (!stored.body) throw new Error('storage sent no body');
    expect(await hashStream(Readable.from(stored.body))).toBe(digest);
    await dock().getByRole('button', { name: 'Close uploads' }).click();
    await page.reload();
    await page.getByRole('row', { name: 'big.bin' }).waitFor();
    expect(await dock().count()).toBe(0);
  },
  PATIENCE_MS * 4,
);

test(
  'a cancelled upload leaves nothing behind',
  async () => {
    await throttle(false);
    const path = join(files.path, 'gone.bin');
    await writeRandomFile(path, SIZE_BYTES);
    await page.getByLabel('Files to upload').setInputFiles(path);
    await reaches(20, 'Progress of gone.bin');
    const dropped = page.waitForResponse(
      (response) => response.request().method() === 'DELETE' && response.url().includes('/upload/resumable/'),
    );
    await dock().getByRole('button', { name: 'Cancel gone.bin' }).click();
    expect((await dropped).status()).toBe(204);
    await dock().getByText('Nothing uploaded').waitFor();
  },
  PATIENCE_MS,
);

test('nothing else went wrong behind the scenes', () => {
  // What the cut network, the killed server and the reload cost.
  const expected = /ERR_(INTERNET_DISCONNECTED|ABORTED|CONNECTION_|EMPTY_RESPONSE|NETWORK_CHANGED|SOCKET)|status of (502|503|504)/;
  expect(troubles.found.filter((text) => !expected.test(text))).toEqual([]);
});
