import { launchBrowser } from '../../harness/browser.ts';
import { signIn } from '../../harness/dashboard.ts';
import { fillBucket } from '../../harness/large-bucket.ts';
import { openList, scrollScreens } from '../../harness/long-list.ts';
import { startStack } from '../../harness/stack.ts';
import { median, type Table } from '../table.ts';

const OBJECTS = 1_000_000;
const SCREENS = 200;
const CLICKS = 7;
const MAX_FIRST_PAGE_MS = 300;

/** A bucket of a million objects in the browser: how soon its first page stands there, and what scrolling does to the page's thread. */
export async function benchDashboard(): Promise<Table> {
  const [stack, browser] = await Promise.all([startStack(), launchBrowser()]);
  try {
    const access = await stack.access();
    await fillBucket(access, 'million', OBJECTS);
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await page.goto(`${access.ADMIN_URL}/buckets`);
    await signIn(page, access);
    const clicks: number[] = [];
    for (let click = 0; click < CLICKS; click += 1) {
      await page.goto(`${access.ADMIN_URL}/buckets`);
      await page.getByRole('link', { name: 'million', exact: true }).waitFor();
      clicks.push(await openList(page, 'million'));
    }
    const first = median(clicks);
    const scrolled = await scrollScreens(page, SCREENS);
    const [longest = 0] = scrolled.longTasksMs;
    return {
      title: `A bucket of ${OBJECTS.toLocaleString('en')} objects in the dashboard`,
      rows: [
        {
          what: 'first page after the click, median',
          value: `${first.toFixed(0)} ms`,
          target: `under ${MAX_FIRST_PAGE_MS} ms`,
          met: first < MAX_FIRST_PAGE_MS,
        },
        { what: 'slowest of the clicks', value: `${Math.max(...clicks).toFixed(0)} ms` },
        {
          what: `tasks over 50 ms in ${SCREENS} screens`,
          value: String(scrolled.longTasksMs.length),
          target: 'none',
          met: scrolled.longTasksMs.length === 0,
        },
        { what: 'the longest of them', value: `${longest} ms` },
        { what: 'frames a second while scrolling', value: ((scrolled.screens * 10 * 1000) / scrolled.milliseconds).toFixed(0) },
        { what: 'lines seen', value: String(scrolled.lastPlace + 1) },
        { what: 'lines in the page at most', value: String(scrolled.maxLines) },
      ],
    };
  } finally {
    await browser.close();
    await stack.destroy();
  }
}
