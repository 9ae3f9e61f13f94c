import type { ProcessUsage } from './process-usage.ts';

interface Row {
  readonly parent: number;
  readonly rssBytes: number;
  readonly cpuSeconds: number;
}

/** Every process of a machine, by id. */
export type ProcessTable = ReadonlyMap<number, Row>;

/** Reads what `ps -A -o pid=,ppid=,rss=,time=` prints. */
export function parseProcessTable(text: string): ProcessTable {
  const rows = text.split('\n').flatMap((line): [number, Row][] => {
    const [pid, parent, kilobytes, time] = line.trim().split(/\s+/);
    if (pid === undefined || time === undefined) return [];
    const cpuSeconds = parseCpuTime(time);
    if (cpuSeconds === null) return [];
    return [[Number(pid), { parent: Number(parent), rssBytes: Number(kilobytes) * 1024, cpuSeconds }]];
  });
  return new Map(rows);
}

/** `[[dd-]hh:]mm:ss[.cc]` in seconds; null when it is something else. */
export function parseCpuTime(text: string): number | null {
  const match = /^(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text);
  if (!match) return null;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = match;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
}

/** A process with its descendants; null when it is not in the table. Memory that several share is counted more than once. */
export function measureInTable(table: ProcessTable, pid: number): ProcessUsage | null {
  const own = table.get(pid);
  if (own === undefined) return null;
  const children = [...table].filter(([child, { parent }]) => parent === pid && child !== pid);
  return children
    .flatMap(([child]) => measureInTable(table, child) ?? [])
    .reduce<ProcessUsage>(
      (sum, usage) => ({ cpuSeconds: (sum.cpuSeconds ?? 0) + (usage.cpuSeconds ?? 0), rssBytes: sum.rssBytes + usage.rssBytes }),
      { cpuSeconds: own.cpuSeconds, rssBytes: own.rssBytes },
    );
}
