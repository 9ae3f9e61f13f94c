import { benchCli } from './cli-startup.ts';
import { benchMemory } from './memory.ts';
import { benchStart } from './stack-startup.ts';
import { printTable } from './table.ts';

/** Every figure of one run on one machine; compare ratios, not single times. Name benchmarks to run only those. */
const BENCHMARKS = { cli: benchCli, start: benchStart, memory: benchMemory } as const;

const wanted = process.argv.slice(2);
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (wanted.length === 0 || wanted.includes(name)) printTable(await run());
}
