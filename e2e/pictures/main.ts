import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startJsonReceiver } from '@supastor/testkit/harness/json-receiver';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../harness/browser.ts';
import { REPO_ROOT } from '../harness/cli.ts';
import { signIn } from '../harness/dashboard.ts';
import { type Stack, startStack } from '../harness/stack.ts';
import { addSampleRules, addSampleWork, fillWithSamples, SAMPLE_BUCKET } from './samples.ts';
import { renderTerminal } from './terminal.ts';

/** Writes the pictures of the documentation: every page in light, dark and at phone width, and `supastor status`. */
const FOLDER = join(REPO_ROOT, 'docs', 'pictures');
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const SETTLE_MS = 1200;

const PAGES = [
  ['home', '/'],
  ['buckets', '/buckets'],
  ['objects', `/buckets/${SAMPLE_BUCKET}`],
  ['preview', `/buckets/${SAMPLE_BUCKET}?prefix=lisbon/&object=lisbon/tram-28.png`],
  ['deleted', `/buckets/${SAMPLE_BUCKET}?view=deleted`],
  ['search', '/search'],
  ['policies', '/policies'],
  ['usage', '/usage'],
  ['links', '/links'],
  ['webhooks', '/webhooks'],
  ['jobs', '/jobs'],
  ['services', '/services'],
  ['monitoring', '/monitoring'],
  ['alerts', '/alerts'],
  ['settings', '/settings'],
  ['audit', '/audit'],
  ['access', '/access'],
  ['maintenance', '/maintenance'],
  ['backups', '/backups'],
  ['database', '/database'],
] as const;

await mkdir(FOLDER, { recursive: true });
const receiver = await startJsonReceiver(() => ({ status: 200, body: '' }));
const stack = await startStack({ env: { SUPASTOR_WEBHOOK_ALLOW_PRIVATE: 'true', SUPASTOR_BACKUPS_DESTINATION: 'backups' } });
const browser = await launchBrowser();
try {
  const access = await stack.access();
  await fillWithSamples(access);
  await addSampleWork(access, `${receiver.url}/hook`);
  await addSampleRules(access);
  await stack.cli('backups', 'create');
  const page = await browser.newPage({ viewport: DESKTOP, reducedMotion: 'reduce' });
  await pictureStatus(page, stack);
  await page.goto(access.ADMIN_URL);
  await take(page, 'login-light');
  await signIn(page, access);
  await page.getByRole('heading', { name: 'Home' }).waitFor();
  for (const [name, path] of PAGES) {
    await page.goto(`${access.ADMIN_URL}${path}`);
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize(DESKTOP);
      await take(page, `${name}-${scheme}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(PHONE);
    await take(page, `${name}-phone`);
    await page.setViewportSize(DESKTOP);
  }
} finally {
  await browser.close();
  await stack.destroy();
  await receiver.stop();
}

async function take(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
}

async function pictureStatus(page: Page, running: Stack): Promise<void> {
  const { stdout } = await running.cli('status');
  await page.setContent(renderTerminal('supastor status', stdout.replaceAll(running.projectDir, '~/photos')));
  await page.locator('main').screenshot({ path: join(FOLDER, 'status.png') });
}
