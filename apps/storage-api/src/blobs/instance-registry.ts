import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Database } from '../metadata/database.ts';
import { step } from '../metadata/step.ts';

/** Not seen for this long, a server on another machine counts as dead. */
export const DEAD_AFTER_SECONDS = 90;

export interface InstanceRow {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly process_start: string;
  /** Seconds since it was last seen, by the database's clock. */
  readonly silent_seconds: number;
}

const SQL = {
  register: { name: 'instance_register', text: 'insert into storage.instances (id, host, pid, process_start) values ($1, $2, $3, $4)' },
  touch: { name: 'instance_touch', text: 'update storage.instances set seen_at = now() where id = $1' },
  retire: { name: 'instance_retire', text: 'delete from storage.instances where id = $1' },
  wait: { name: 'instance_wait', text: 'select storage.wait_for_instance($1)' },
  list: {
    name: 'instance_list',
    text: `select id, host, pid, process_start, extract(epoch from now() - seen_at)::float8 as silent_seconds from storage.instances`,
  },
  live: {
    name: 'versions_live',
    text: 'select version from storage.blob_references where version = any($1::text[])',
  },
  retired: { name: 'versions_retired', text: 'select version from storage.retired_blobs where version = any($1::text[])' },
};

/** Registers this process under a fresh id. Register before any file is made under that id. */
export async function registerInstance(database: Database): Promise<string> {
  const id = randomUUID();
  await database.transact({ steps: [step(SQL.register, [id, hostname(), process.pid, processStart(process.pid) ?? ''])] });
  return id;
}

/** Says that this server lives; false when it was taken for dead meanwhile. */
export async function touchInstance(database: Database, id: string): Promise<boolean> {
  const touch = step(SQL.touch, [id]);
  await database.transact({ steps: [touch] });
  return touch.rowCount === 1;
}

/** Ends a server's right to publish, and waits until none of its transactions can commit any more. */
export async function retireInstance(database: Database, id: string): Promise<void> {
  await database.transact({ steps: [step(SQL.retire, [id])] });
  await database.transact({ steps: [step(SQL.wait, [id])] });
}

export async function listInstanceRows(database: Database): Promise<readonly InstanceRow[]> {
  const list = step<InstanceRow>(SQL.list);
  await database.read(list);
  return list.rows;
}

/** Which of `versions` a row refers to. */
export async function findLiveVersions(database: Database, versions: readonly string[]): Promise<ReadonlySet<string>> {
  const live = step<{ version: string }>(SQL.live, [versions]);
  await database.read(live);
  return new Set(live.rows.map(({ version }) => version));
}

/** Which of `versions` a row refers to, or did: bytes of the latter are the collector's, when their grace is over. */
export async function findCommittedVersions(database: Database, versions: readonly string[]): Promise<ReadonlySet<string>> {
  if (versions.length === 0) return new Set();
  // In this order, a version that is retired in between is seen at least once.
  const live = await findLiveVersions(database, versions);
  const retired = step<{ version: string }>(SQL.retired, [versions]);
  await database.read(retired);
  return new Set([...live, ...retired.rows.map(({ version }) => version)]);
}

/** Whether a registered server is gone: at once for processes of this machine, after a silence for others. */
export function isDead(row: InstanceRow, startOf: (pid: number) => string | undefined = processStart, host: string = hostname()): boolean {
  if (row.host === host && row.process_start !== '') {
    const started = startOf(row.pid);
    // In another container of the same host name the same pid says nothing, so a match still has to be heard from.
    if (started !== row.process_start) return true;
  }
  return row.silent_seconds > DEAD_AFTER_SECONDS;
}

/** Start of a process in clock ticks since boot, which tells a reused pid apart; undefined when it does not run. */
function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
