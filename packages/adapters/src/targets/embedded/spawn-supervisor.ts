import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SupastorError } from '@supastor/contract/errors';
import type { SupervisorClient } from './control-client.ts';
import { asFsError } from './files/fs-errors.ts';
import type { StackPaths } from './files/paths.ts';

/** The supervisor's program, as the composition root of the CLI knows it. */
export interface SupervisorProgram {
  readonly nodePath: string;
  readonly args: readonly string[];
  /** The whole environment of the process; no secrets. */
  readonly env: Readonly<Record<string, string>>;
}

export interface SpawnSupervisorOptions {
  readonly paths: StackPaths;
  readonly program: SupervisorProgram;
  readonly control: SupervisorClient;
  readonly signal?: AbortSignal;
}

const READY_TIMEOUT_MS = 20_000;
const POLL_MS = 15;
/** The supervisor writes little; its own log is only turned over when it starts. */
const MAX_LOG_BYTES = 5_000_000;

/** Starts the supervisor in a session of its own, so that it outlives us and our terminal; resolves when it answers. */
export async function spawnSupervisor({ paths, program, control, signal }: SpawnSupervisorOptions): Promise<void> {
  const output = openLog(paths.supervisorLog);
  const child = spawn(program.nodePath, [...program.args], {
    cwd: paths.projectDir,
    env: { ...program.env },
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const outcome: { ended: string | null } = { ended: null };
  child.once('error', (error) => (outcome.ended = error.message));
  child.once('exit', (code, by) => (outcome.ended = by === null ? `exit code ${code}` : by));
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (outcome.ended === null && performance.now() < deadline) {
    if (await answers(control, signal)) {
      child.removeAllListeners();
      child.unref();
      return;
    }
    await sleep(POLL_MS);
  }
  // Another command may have started one at the same moment; ours then steps back.
  if (await answers(control, signal)) return;
  child.unref();
  throw new SupastorError(
    'SJ_SUPERVISOR_UNREACHABLE',
    `The supervisor did not start (${outcome.ended ?? 'no answer'})${lastLines(paths.supervisorLog)}`,
    {
      hint: `see ${paths.supervisorLog}`,
      meta: { log: paths.supervisorLog },
    },
  );
}

async function answers(control: SupervisorClient, signal?: AbortSignal): Promise<boolean> {
  try {
    await control.status(signal);
    return true;
  } catch (error) {
    if (error instanceof SupastorError && error.code === 'SJ_SUPERVISOR_UNREACHABLE') return false;
    throw error;
  }
}

function openLog(path: string): number {
  try {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > MAX_LOG_BYTES) renameSync(path, `${path}.1`);
    return openSync(path, 'a', 0o600);
  } catch (error) {
    throw asFsError(error, path);
  }
}

function lastLines(path: string): string {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-8);
  return lines.map((line) => `\n  ${line}`).join('');
}
