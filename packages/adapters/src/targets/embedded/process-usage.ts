import { readFileSync } from 'node:fs';

/** What a process and its descendants use. */
export interface ProcessUsage {
  /** Processor time since it started, that of children which have ended included; null: not known. */
  readonly cpuSeconds: number | null;
  readonly rssBytes: number;
}

/** The unit of times in /proc, whatever the kernel's own clock (man 5 proc, USER_HZ). */
const TICKS_PER_SECOND = 100;

/**
 * Reads /proc; null when there is no such process.
 * Of the descendants only private memory counts: what they share with the first process is counted there.
 */
export function measureByProc(pid: number): ProcessUsage | null {
  const own = memoryField(pid, 'VmRSS');
  if (own === null) return null;
  const below = descendants(pid);
  const ticks = cpuTicks(pid);
  return {
    cpuSeconds: ticks === null ? null : below.reduce((sum, child) => sum + (cpuTicks(child) ?? 0), ticks) / TICKS_PER_SECOND,
    rssBytes: below.reduce((sum, child) => sum + (memoryField(child, 'RssAnon') ?? 0), own),
  };
}

/** Its own time and that of the children it has waited for: so none is lost when one ends. */
function cpuTicks(pid: number): number | null {
  const stat = readProc(pid, 'stat');
  if (stat === null) return null;
  // The command name may hold spaces and brackets; the fields after the last bracket are well-formed.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const times = fields.slice(11, 15).map(Number);
  return times.length === 4 && times.every(Number.isFinite) ? times.reduce((sum, time) => sum + time, 0) : null;
}

function descendants(pid: number): readonly number[] {
  const children = (readProc(pid, `task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function memoryField(pid: number, name: string): number | null {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readProc(pid, 'status') ?? '');
  return match ? Number(match[1]) * 1024 : null;
}

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}
