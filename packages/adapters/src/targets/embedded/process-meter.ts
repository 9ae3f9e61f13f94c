import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { CpuRates } from '@supastor/core/stack/cpu-rates';
import { measureByProc, type ProcessUsage } from './process-usage.ts';
import { measureInTable, parseProcessTable, type ProcessTable } from './process-table.ts';

/** What a process and its descendants use; null: nobody can say. */
export interface MeteredUsage {
  readonly cpuCores: number | null;
  readonly cpuSeconds: number | null;
  readonly rssBytes: number | null;
}

export interface ProcessMeter {
  /** Call it before a round of {@link measure}: where there is no /proc, `ps` is asked once for all. Never fails. */
  refresh(): Promise<void>;
  measure(pid: number): MeteredUsage;
}

const UNKNOWN: MeteredUsage = { cpuCores: null, cpuSeconds: null, rssBytes: null };
/** A question about the state of services waits no longer for what is only a figure beside it. */
const PS_TIMEOUT_MS = 1000;
const PS_MAX_BYTES = 8_000_000;

/** Measures processes of this machine, by /proc where there is one (Linux), else by `ps` (macOS). */
export function createProcessMeter(hasProc: boolean = existsSync('/proc/self/stat')): ProcessMeter {
  const rates = new CpuRates();
  let table: ProcessTable = new Map();
  const look = (pid: number): ProcessUsage | null => (hasProc ? measureByProc(pid) : measureInTable(table, pid));
  return {
    async refresh() {
      if (!hasProc) table = await readProcessTable();
    },
    measure(pid) {
      const usage = look(pid);
      if (usage === null) return UNKNOWN;
      const { cpuSeconds, rssBytes } = usage;
      const cpuCores = cpuSeconds === null ? null : rates.note(String(pid), cpuSeconds, performance.now());
      return { cpuCores, cpuSeconds, rssBytes };
    },
  };
}

async function readProcessTable(): Promise<ProcessTable> {
  try {
    const options = { timeout: PS_TIMEOUT_MS, maxBuffer: PS_MAX_BYTES, env: { ...process.env, LC_ALL: 'C' } };
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,rss=,time='], options);
    return parseProcessTable(stdout);
  } catch {
    // No `ps`, or a machine that is too busy for it: then there are no figures.
    return new Map();
  }
}
