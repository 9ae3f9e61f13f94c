import { mkdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** The package's own list would run everything in one process and switch web security off; the tests want neither. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage'];

/** A headless Chromium from npm. It is unpacked once per user, because the unpacked binary is private to its owner. */
export async function launchBrowser(): Promise<Browser> {
  return inOwnTempDir(async () => playwright.launch({ executablePath: await chromium.executablePath(), args: ARGUMENTS, headless: true }));
}

/** The same browser with one profile, kept in `profileDir`, and a port by which another program may drive it. */
export async function launchProfile(profileDir: string, debuggingPort: number): Promise<BrowserContext> {
  return inOwnTempDir(async () =>
    playwright.launchPersistentContext(profileDir, {
      executablePath: await chromium.executablePath(),
      args: [...ARGUMENTS, `--remote-debugging-port=${debuggingPort}`],
      headless: true,
    }),
  );
}

async function inOwnTempDir<T>(launch: () => Promise<T>): Promise<T> {
  const previous = process.env['TMPDIR'];
  const home = join(tmpdir(), `supastor-browser-${userInfo().uid}`);
  await mkdir(home, { recursive: true, mode: 0o700 });
  process.env['TMPDIR'] = home;
  try {
    return await launch();
  } finally {
    if (previous === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = previous;
  }
}

export interface PageTroubles {
  /** Console errors, uncaught exceptions and failed requests since the page was opened. */
  readonly found: readonly string[];
}

/** Collects what a user would not see but should not happen. */
export function watchTroubles(page: Page): PageTroubles {
  const found: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') found.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => found.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => found.push(`request: ${request.method()} ${request.url()} ${request.failure()?.errorText ?? ''}`));
  return { found };
}
