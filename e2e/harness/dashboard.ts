import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import type { StackAccess } from './stack.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

/** Signs in as the administrator of the configuration; the page shows the form for that. */
export async function signIn(page: Page, access: Pick<StackAccess, 'ADMIN_EMAIL' | 'ADMIN_PASSWORD'>): Promise<void> {
  await page.getByRole('textbox', { name: 'E-mail' }).fill(access.ADMIN_EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(access.ADMIN_PASSWORD);
  await page.keyboard.press('Enter');
}

/** Ends when nothing fades in or changes its colour any more: half-way, texts have too little contrast. What turns for ever is left out. */
const SETTLED = `Promise.allSettled(document.getAnimations()
  .filter((animation) => animation.playState === 'running' && animation.effect?.getComputedTiming().endTime !== Infinity)
  .map((animation) => animation.finished)).then(() => undefined)`;

/** What a page breaks of WCAG 2.2 AA: rules, each with the elements that break it. */
export async function findViolations(page: Page): Promise<string[]> {
  // What begins from now on is over at once.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate(SETTLED);
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** By how many pixels a page is wider than its window. */
export function overflowOf(page: Page): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
