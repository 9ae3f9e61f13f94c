import type { Database } from '../../metadata/database.ts';
import { holdInstance } from '../../metadata/object-queries.ts';
import { step } from '../../metadata/step.ts';

const UNREFERENCED = 'not exists (select from storage.blob_references r where r.version = i.version)';
const RETIRE_LATER = `insert into storage.retired_blobs (version, retired_at)
  select i.version, now() + make_interval(secs => $2) from gone i`;

const SQL = {
  open: {
    name: 'intent_open',
    text: 'insert into storage.blob_intents (version, instance) select unnest($1::text[]), $2 on conflict do nothing',
  },
  settle: { name: 'intent_settle', text: 'delete from storage.blob_intents where version = any($1::text[])' },
  condemn: {
    name: 'intent_condemn',
    text: `with gone as (delete from storage.blob_intents where version = any($1::text[]) returning version) ${RETIRE_LATER}
      on conflict do nothing`,
  },
  forget: {
    name: 'intent_forget',
    text: `with gone as (delete from storage.blob_intents where instance = $1 returning version) ${RETIRE_LATER} where ${UNREFERENCED}
      on conflict do nothing`,
  },
  list: { name: 'intent_list', text: 'select version from storage.blob_intents where instance = $1 order by version' },
  instances: { name: 'intent_instances', text: 'select distinct instance from storage.blob_intents' },
  known: { name: 'intent_known', text: 'select version from storage.blob_intents where version = any($1::text[])' },
  installation: { name: 'installation_id', text: 'select id from storage.installation' },
};

interface Waiting {
  readonly version: string;
  readonly instanceId: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface IntentLogOptions {
  readonly database: Database;
  /**
   * A request that was given up may still be carried out by the store. Versions that were withdrawn are therefore removed
   * once more after this long.
   */
  readonly lateSeconds: number;
}

const SETTLE_DELAY_MS = 200;

/**
 * Notes, in Postgres, of versions whose bytes are being written to a distant store: what a server that dies leaves behind.
 * Many are noted in one statement, and forgotten in another, so that they cost no round trip of their own under load.
 */
export class IntentLog {
  readonly #options: IntentLogOptions;
  #waiting: Waiting[] = [];
  #isFlushing = false;
  #settled: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: IntentLogOptions) {
    this.#options = options;
  }

  /** Notes that `instanceId` may write bytes under `version`. @throws ProtocolError when that server was taken for dead */
  open(version: string, instanceId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ version, instanceId, resolve, reject });
      if (!this.#isFlushing) void this.#flush();
    });
  }

  /** Forgets a note soon: nothing depends on it any more. */
  settle(version: string): void {
    this.#settled.push(version);
    this.#timer ??= setTimeout(() => void this.flushSettled(), SETTLE_DELAY_MS).unref();
  }

  /** Forgets what is settled, now. What fails stays noted, and is tried again with the next. */
  async flushSettled(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const versions = this.#settled;
    this.#settled = [];
    if (versions.length === 0) return;
    try {
      await this.#options.database.transact({ steps: [step(SQL.settle, [versions])] });
    } catch {
      // Stays behind until this server signs off or is swept; then a row refers to it, or its bytes are gone already.
      this.#settled.push(...versions);
    }
  }

  /** No row refers to the version and none will, but its bytes may yet appear: they are removed again later. */
  async condemn(version: string): Promise<void> {
    await this.#options.database.transact({ steps: [step(SQL.condemn, [[version], this.#options.lateSeconds])] });
  }

  async list(instanceId: string): Promise<readonly string[]> {
    const list = step<{ version: string }>(SQL.list, [instanceId]);
    await this.#options.database.read(list);
    return list.rows.map(({ version }) => version);
  }

  async listInstances(): Promise<readonly string[]> {
    const list = step<{ instance: string }>(SQL.instances);
    await this.#options.database.read(list);
    return list.rows.map(({ instance }) => instance);
  }

  /** Forgets all notes of a server that died. Those no row refers to are condemned. */
  async forget(instanceId: string): Promise<void> {
    await this.#options.database.transact({ steps: [step(SQL.forget, [instanceId, this.#options.lateSeconds])] });
  }

  /** Which of the versions are noted. */
  async known(versions: readonly string[]): Promise<ReadonlySet<string>> {
    const known = step<{ version: string }>(SQL.known, [versions]);
    await this.#options.database.read(known);
    return new Set(known.rows.map(({ version }) => version));
  }

  /** Id of the database, as long as it or a copy of it lives. */
  async installationId(): Promise<string> {
    const query = step<{ id: string }>(SQL.installation);
    await this.#options.database.read(query);
    return query.rows[0]?.id ?? '';
  }

  /** While one statement is on the way the next ones gather. */
  async #flush(): Promise<void> {
    this.#isFlushing = true;
    while (this.#waiting.length > 0) {
      const instanceId = this.#waiting[0]?.instanceId ?? '';
      const batch = this.#waiting.filter((each) => each.instanceId === instanceId);
      this.#waiting = this.#waiting.filter((each) => each.instanceId !== instanceId);
      const versions = batch.map(({ version }) => version);
      try {
        await this.#options.database.transact({ before: [holdInstance(instanceId)], steps: [step(SQL.open, [versions, instanceId])] });
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isFlushing = false;
  }
}
