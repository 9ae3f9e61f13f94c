import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startStack } from '../../harness/stack.ts';
import { median, type Table } from '../table.ts';
import { signIn } from './sign-in.ts';
import type { SubscriberOrder } from './subscriber-worker.ts';

const WORKERS = 2;
const SOCKETS = 10_000;
const EVENTS = 5;
const MAX_MEGABYTES = 600;
const MAX_FAN_OUT_MS = 1000;

/** Ten thousand subscribers on one process: its memory, and how long one event takes to reach the last of them. */
export async function benchSubscribers(): Promise<Table> {
  const unlimited = { SUPASTOR_ADMIN_SOCKETS_PER_IDENTITY: '100000', SUPASTOR_ADMIN_SOCKETS_PER_ADDRESS: '100000' };
  const rates = { SUPASTOR_ADMIN_LIMIT_IDENTITY: '0', SUPASTOR_ADMIN_LIMIT_ADDRESS: '0' };
  const stack = await startStack({ env: { ...unlimited, ...rates } });
  const workers = Array.from({ length: WORKERS }, () =>
    fork(join(import.meta.dirname, 'subscriber-worker.ts'), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  try {
    const access = await stack.access();
    const { admin: pid = 0 } = await stack.pids();
    const token = await signIn(access);
    const order: SubscriberOrder = {
      url: `${access.ADMIN_URL.replace('http', 'ws')}/api/v1/events`,
      token,
      sockets: SOCKETS / WORKERS,
    };
    await Promise.all(
      workers.map(async (worker) => {
        const answer = once(worker, 'message');
        worker.send(order);
        const [said]: unknown[] = await answer;
        if (said !== 'ready') throw new Error(`sockets could not be opened: ${JSON.stringify(said)}`);
      }),
    );
    const times: number[] = [];
    for (let index = 0; index < EVENTS; index += 1) times.push(await fanOut(workers, access.ADMIN_URL, token, index));
    const megabytes = (await residentBytes(pid)) / 1e6;
    const slowest = median(times);
    return {
      title: `Live events, ${SOCKETS.toLocaleString('en')} subscribers on one process`,
      rows: [
        {
          what: 'memory of admin-api',
          value: `${megabytes.toFixed(0)} MB`,
          target: `under ${MAX_MEGABYTES} MB`,
          met: megabytes < MAX_MEGABYTES,
        },
        {
          what: `from the answer to the last subscriber, median of ${EVENTS}`,
          value: `${Math.round(slowest)} ms`,
          target: `under ${MAX_FAN_OUT_MS} ms`,
          met: slowest < MAX_FAN_OUT_MS,
        },
      ],
    };
  } finally {
    for (const worker of workers) worker.kill();
    await stack.destroy();
  }
}

/** Milliseconds until every worker has seen the event on all of its sockets. */
async function fanOut(workers: readonly ChildProcess[], adminUrl: string, token: string, index: number): Promise<number> {
  const heard = workers.map((worker) => once(worker, 'message'));
  const response = await fetch(`${adminUrl}/api/v1/roles`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: `bench-${index}`, description: 'Told to all', permissions: ['audit:read'] }),
  });
  if (!response.ok) throw new Error(`the role was not made: ${response.status} ${await response.text()}`);
  const startMs = Date.now();
  const ends = (await Promise.all(heard)).map(([time]: unknown[]) => Number(time));
  return Math.max(0, Math.max(...ends) - startMs);
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
