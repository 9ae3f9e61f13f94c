import { parseArgs } from 'node:util';
import { benchAudit } from './audit.ts';
import { benchDashboard } from './browser/bench-dashboard.ts';
import { benchLighthouse } from './browser/bench-lighthouse.ts';
import { benchCli } from './cli-startup.ts';
import { benchContainers } from './containers.ts';
import { benchControl } from './control/bench-control.ts';
import { benchSubscribers } from './control/bench-subscribers.ts';
import { benchEdge } from './edge.ts';
import { benchLoad } from './load/bench-load.ts';
import { benchMemory } from './memory.ts';
import { benchStart } from './stack-startup.ts';
import { printTable } from './table.ts';

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    url2: { type: 'string' },
    'service-key2': { type: 'string' },
    'db-url2': { type: 'string' },
  },
});

/** Every figure of one run on one machine; compare ratios, not single times. Name benchmarks to run only those. */
const BENCHMARKS = {
  cli: benchCli,
  start: benchStart,
  memory: benchMemory,
  audit: benchAudit,
  control: benchControl,
  subscribers: benchSubscribers,
  edge: benchEdge,
  containers: benchContainers,
  lighthouse: benchLighthouse,
  dashboard: benchDashboard,
  load: () => benchLoad({ isQuick: values.quick ?? false, only: values.only ?? null, second: secondServer() }),
} as const;

const unknown = wanted.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) throw new Error(`there is no benchmark ${unknown.join(', ')}; take ${Object.keys(BENCHMARKS).join(', ')}`);
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (wanted.length === 0 || wanted.includes(name)) printTable(await run());
}

/** Keys of the second server may come from the environment, to keep them out of process lists. */
function secondServer() {
  if (values.url2 === undefined) return null;
  const serviceKey = values['service-key2'] ?? process.env['SERVICE_ROLE_KEY2'];
  if (serviceKey === undefined) throw new Error('--url2 needs --service-key2 or SERVICE_ROLE_KEY2 in the environment');
  return { url: values.url2, serviceKey, databaseUrl: values['db-url2'] ?? process.env['DB_URL2'] ?? null };
}
