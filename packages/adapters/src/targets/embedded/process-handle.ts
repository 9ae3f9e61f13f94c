import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ProcessId } from './files/state-file.ts';
import { identifyProcess, isAlive } from './process-identity.ts';

export interface ExitInfo {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process we look after, whether we started it or found it. */
export interface ProcessHandle {
  readonly id: ProcessId;
  readonly exited: Promise<ExitInfo>;
  /** Signals the process; with `group` also every process it started. Does nothing once it is gone. */
  signal(signal: NodeJS.Signals, options?: { readonly group: boolean }): void;
}

/** How to start a process. */
export interface LaunchCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Run as another user; only root can. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Asks for a graceful stop. */
  readonly stopSignal: NodeJS.Signals;
}

/**
 * Starts a process in a session of its own, its output appended to the file `outputPath`. It writes to a file, not to a pipe of ours,
 * so that it lives on undisturbed when we are killed.
 */
export function spawnProcess(command: LaunchCommand, outputPath: string): Promise<ProcessHandle> {
  mkdirSync(dirname(outputPath), { recursive: true, mode: 0o700 });
  const output = openSync(outputPath, 'a', 0o600);
  return new Promise<ProcessHandle>((resolve, reject) => {
    const child = spawn(command.file, [...command.args], {
      cwd: command.cwd,
      env: { ...command.env },
      detached: true,
      stdio: ['ignore', output, output],
      ...command.owner,
    });
    const exited = new Promise<ExitInfo>((done) => {
      child.once('exit', (code, signal) => {
        endGroup(child.pid);
        done({ code, signal });
      });
    });
    child.once('error', reject);
    child.once('spawn', () => {
      const pid = child.pid ?? 0;
      // A process that has exited already has no start time; its exit event is on its way.
      const id = identifyProcess(pid) ?? { pid, startTime: 'gone' };
      resolve({ id, exited, signal: (signal, options) => signalProcess(id, signal, options?.group ?? false) });
    });
  }).finally(() => closeSync(output));
}

const ADOPTED_POLL_MS = 150;

/** Takes over a living process that someone else started; null when it is not the one meant. */
export function adoptProcess(id: ProcessId): ProcessHandle | null {
  if (!isAlive(id)) return null;
  const exited = new Promise<ExitInfo>((resolve) => {
    const timer = setInterval(() => {
      if (isAlive(id)) return;
      clearInterval(timer);
      // Only a parent learns how a process ended.
      resolve({ code: null, signal: null });
    }, ADOPTED_POLL_MS);
  });
  return { id, exited, signal: (signal, options) => signalProcess(id, signal, options?.group ?? false) };
}

/** Asks a process to stop, kills it and its group after `timeoutMs`; resolves when it is gone. Returns whether it had to be killed. */
export async function terminate(handle: ProcessHandle, stopSignal: NodeJS.Signals, timeoutMs: number): Promise<boolean> {
  handle.signal(stopSignal);
  if (await settledWithin(handle.exited, timeoutMs)) return false;
  handle.signal('SIGKILL', { group: true });
  await handle.exited;
  return true;
}

/** Whether `promise` settles within `timeoutMs`. */
export async function settledWithin(promise: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a process leaves behind when it dies (such as the program below `node --watch`) would keep its port. */
function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in the group: the usual case.
  }
}

function signalProcess(id: ProcessId, signal: NodeJS.Signals, group: boolean): void {
  if (!isAlive(id)) return;
  try {
    process.kill(group ? -id.pid : id.pid, signal);
  } catch {
    // It went away in between, or never led a group.
    if (group) signalProcess(id, signal, false);
  }
}
