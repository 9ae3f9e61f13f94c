import type { Page } from 'playwright-core';

/** What scrolling through a list of objects cost. */
export interface ScrollCost {
  readonly screens: number;
  readonly milliseconds: number;
  /** Durations of tasks over 50 ms, the longest first. */
  readonly longTasksMs: readonly number[];
  /** Lines that stood in the page at most. */
  readonly maxLines: number;
  /** Place of the last line that was seen. */
  readonly lastPlace: number;
}

/** Clicks a link and waits until the first line of the list is painted. Returns how long that took, in ms. */
export async function openList(page: Page, link: string): Promise<number> {
  await page.getByRole('link', { name: link, exact: true }).hover();
  return page.evaluate(`new Promise((resolve) => {
    const link = [...document.querySelectorAll('main a')].find((each) => each.textContent.trim() === ${JSON.stringify(link)});
    const began = performance.now();
    const look = () => document.querySelector('[role="row"][data-index="0"]') === null
      ? requestAnimationFrame(look)
      : requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)));
    link.click();
    requestAnimationFrame(look);
  })`);
}

/** Scrolls down screen by screen, as fast as lines arrive, and counts what the page's thread did meanwhile. */
export async function scrollScreens(page: Page, screens: number): Promise<ScrollCost> {
  return page.evaluate(`(async () => {
    const grid = document.querySelector('[role="grid"]');
    const long = [];
    const watch = new PerformanceObserver((list) => long.push(...list.getEntries().map((entry) => Math.round(entry.duration))));
    watch.observe({ type: 'longtask' });
    const began = performance.now();
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const places = () => [...grid.querySelectorAll('[data-index]')].map((row) => Number(row.dataset.index));
    let maxLines = 0;
    for (let screen = 0; screen < ${screens}; screen += 1) {
      const before = grid.scrollTop;
      // Ten steps a screen, one a frame: as a wheel does.
      for (let step = 0; step < 10; step += 1) {
        grid.scrollTop += grid.clientHeight / 10;
        await frame();
      }
      maxLines = Math.max(maxLines, places().length);
      // At the end of what has arrived: wait for more.
      while (grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 1 && grid.scrollTop === before) {
        await frame();
        grid.scrollTop += grid.clientHeight / 10;
      }
    }
    await frame();
    const lastPlace = Math.max(...places());
    watch.disconnect();
    return { screens: ${screens}, milliseconds: performance.now() - began, longTasksMs: long.sort((a, b) => b - a), maxLines, lastPlace };
  })()`);
}
