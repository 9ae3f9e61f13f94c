import { readFile, readdir } from 'node:fs/promises';

/** Kernel ticks a second; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds that a process has used so far, its living and ended children included. */
export async function cpuSeconds(pid: number): Promise<number> {
  const all = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(statOf));
  let ticks = 0;
  for (const queue = [pid]; queue.length > 0;) {
    const current = queue.pop();
    for (const stat of all) {
      if (stat.pid === current) ticks += stat.ticks;
      if (stat.parent === current) queue.push(stat.pid);
    }
  }
  return ticks / TICKS_PER_SECOND;
}

async function statOf(pid: string): Promise<{ pid: number; parent: number; ticks: number }> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // Fields 14 to 17 of proc(5): user and system time of the process, then of children it has waited for.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid: Number(pid), parent: Number(fields[1] ?? 0), ticks };
}
