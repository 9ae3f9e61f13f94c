import { readFile, readdir } from 'node:fs/promises';
import { startStack } from '../harness/stack.ts';
import type { Row, Table } from './table.ts';

const MAX_MEGABYTES = 450;
const SETTLE_MS = 15_000;

/** Resident memory of every process of an idle stack. Postgres' processes share pages, so its figure is the proportional share. */
export async function benchMemory(): Promise<Table> {
  const stack = await startStack();
  try {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const { stdout } = await stack.cli('status', '-o', 'json');
    const { services, supervisor }: { services: { name: string; pid: number }[]; supervisor: { pid: number } } = JSON.parse(stdout);
    const roots = [{ name: 'supervisor', pid: supervisor.pid }, ...services];
    const rows: Row[] = [];
    let total = 0;
    for (const { name, pid } of roots) {
      const pids = name === 'supervisor' ? [pid] : [pid, ...(await descendants(pid))];
      const bytes = (await Promise.all(pids.map((one) => residentBytes(one, pids.length > 1)))).reduce((sum, value) => sum + value, 0);
      total += bytes;
      rows.push({ what: `${name} (${pids.length} processes)`, value: megabytes(bytes) });
    }
    return {
      title: 'Idle memory',
      rows: [
        ...rows,
        { what: 'whole stack', value: megabytes(total), target: `under ${MAX_MEGABYTES} MB`, met: total < MAX_MEGABYTES * 1e6 },
      ],
    };
  } finally {
    await stack.destroy();
  }
}

async function residentBytes(pid: number, shared: boolean): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const field = shared ? /^Pss:\s+(\d+) kB/m : /^Rss:\s+(\d+) kB/m;
  return Number(field.exec(text)?.[1] ?? 0) * 1024;
}

async function descendants(pid: number): Promise<number[]> {
  const parents = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(async (name) => [Number(name), await parentOf(name)] as const),
  );
  const children = parents.filter(([, parent]) => parent === pid).map(([child]) => child);
  return [...children, ...(await Promise.all(children.map(descendants))).flat()];
}

async function parentOf(pid: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
