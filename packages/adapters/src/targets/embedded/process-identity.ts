import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { platform } from 'node:os';
import type { ProcessId } from './files/state-file.ts';

/** Identity of a live process; null when there is none (a zombie counts as none). */
export function identifyProcess(pid: number): ProcessId | null {
  const startTime = platform() === 'linux' ? startTimeFromProc(pid) : startTimeFromPs(pid);
  return startTime === null ? null : { pid, startTime };
}

/** Whether the process with this identity still lives; false when the number was given to another one. */
export function isAlive(id: ProcessId): boolean {
  return identifyProcess(id.pid)?.startTime === id.startTime;
}

function startTimeFromProc(pid: number): string | null {
  const stat = readProc(pid, 'stat');
  if (stat === null) return null;
  // The command name may hold spaces and brackets; the fields after the last bracket are well-formed.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state] = fields;
  const startTicks = fields[19];
  if (state === 'Z' || state === 'X' || startTicks === undefined) return null;
  return `${bootId()}/${startTicks}`;
}

function startTimeFromPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

let boot: string | null = null;

function bootId(): string {
  boot ??= readFileOrNull('/proc/sys/kernel/random/boot_id')?.trim().slice(0, 8) ?? 'boot';
  return boot;
}

/** Every process id on this machine; empty where /proc does not exist. */
export function listPids(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Processes whose environment was started with `marker` (`NAME=value`), as far as we may look. */
export function findByEnvironment(marker: string): readonly number[] {
  return listPids().filter((pid) => pid !== process.pid && (readProc(pid, 'environ') ?? '').split('\0').includes(marker));
}

/** Whether the process leads a session of its own, as everything a supervisor starts does. */
export function isSessionLeader(pid: number): boolean {
  const stat = readProc(pid, 'stat');
  return stat !== null && stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3] === String(pid);
}

/** Processes whose working directory is `dir`, as far as we may look. */
export function findByWorkingDirectory(dir: string): readonly number[] {
  return listPids().filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === dir;
    } catch {
      return false;
    }
  });
}

function readProc(pid: number, file: string): string | null {
  return readFileOrNull(`/proc/${pid}/${file}`);
}

function readFileOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
