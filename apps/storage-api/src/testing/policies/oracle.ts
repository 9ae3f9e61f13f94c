import { randomUUID } from 'node:crypto';
import { DatabaseError, type PoolClient } from 'pg';
import type { ObjectAddress } from '../../objects/copy-object.ts';
import { createTestPool } from '../pool.ts';

export interface OracleCaller {
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** What an operation of the original does to rows, as SQL of its own: nothing here is taken from the server under test. */
export type Deed =
  | { readonly kind: 'see' | 'remove' | 'retag'; readonly at: ObjectAddress }
  /** `bare`: before anything is known of the bytes. */
  | { readonly kind: 'insert' | 'upsert'; readonly at: ObjectAddress; readonly bare?: boolean }
  | { readonly kind: 'rename'; readonly at: ObjectAddress; readonly to: ObjectAddress };

export interface Question {
  readonly caller: OracleCaller;
  /** As `storage.operation()` tells policies. */
  readonly operation: string;
  readonly deed: Deed;
  /** Asks as if this version were the current one: versions are under the policies of objects. */
  readonly versionId?: string | undefined;
}

const INSERT = `insert into storage.objects (id, bucket_id, name, owner, owner_id, version, metadata)
  values ($1, $2, $3, $4, $5, $6, $7)`;
const MERGE = `on conflict (name, bucket_id) do update set owner = excluded.owner, owner_id = excluded.owner_id,
  version = excluded.version, metadata = excluded.metadata`;

/** Asks Postgres what policies allow, by doing it as that role with those claims in a transaction that is taken back. */
export class PolicyOracle {
  readonly #pool: ReturnType<typeof createTestPool>;

  /** @param url of the database's superuser */
  constructor(url: string) {
    this.#pool = createTestPool(url, 1);
  }

  async allows(question: Question): Promise<boolean> {
    return this.#try(question, (client) => perform(client, question));
  }

  /** Names in a bucket that the caller may see. */
  async names(question: Omit<Question, 'deed'>, bucket: string): Promise<readonly string[]> {
    const names: string[] = [];
    await this.#try(question, async (client) => {
      const { rows } = await client.query<{ name: string }>('select name from storage.objects where bucket_id = $1 order by name', [
        bucket,
      ]);
      names.push(...rows.map(({ name }) => name));
      return rows.length;
    });
    return names;
  }

  async stop(): Promise<void> {
    await this.#pool.end();
  }

  async #try(question: Omit<Question, 'deed'>, work: (client: PoolClient) => Promise<number | null>): Promise<boolean> {
    const client = await this.#pool.connect();
    try {
      await client.query('begin');
      if (question.versionId !== undefined) await makeCurrent(client, question.versionId);
      await become(client, question);
      return ((await work(client)) ?? 0) > 0;
    } catch (error) {
      if (error instanceof DatabaseError && (error.code === '42501' || error.code === '23505')) return false;
      throw error;
    } finally {
      await client.query('rollback');
      client.release();
    }
  }
}

async function become(client: PoolClient, { caller: { role, claims }, operation }: Omit<Question, 'deed'>): Promise<void> {
  const settings = {
    'request.jwt.claims': JSON.stringify(claims),
    'request.jwt.claim.sub': subjectOf(claims),
    'request.jwt.claim.role': role,
    'storage.operation': operation,
    role,
  };
  for (const [name, value] of Object.entries(settings)) await client.query('select set_config($1, $2, true)', [name, value]);
}

/** Without its triggers, which would keep versions of their own. */
async function makeCurrent(client: PoolClient, versionId: string): Promise<void> {
  const columns = 'id, bucket_id, name, owner, owner_id, version, metadata, user_metadata, created_at, updated_at, last_accessed_at';
  await client.query(`set local session_replication_role = replica`);
  await client.query(
    `delete from storage.objects o using storage_versions.objects v where v.version = $1 and o.bucket_id = v.bucket_id and o.name = v.name`,
    [versionId],
  );
  await client.query(`insert into storage.objects (${columns}) select ${columns} from storage_versions.objects where version = $1`, [
    versionId,
  ]);
  await client.query(`set local session_replication_role = origin`);
}

function perform(client: PoolClient, { caller: { claims }, deed }: Question): Promise<number | null> {
  const { bucket, key } = deed.at;
  const subject = subjectOf(claims) === '' ? null : subjectOf(claims);
  const metadata = 'bare' in deed && deed.bare === true ? null : '{"mimetype": "image/png"}';
  const row = [randomUUID(), bucket, key, subject, subject, randomUUID(), metadata];
  switch (deed.kind) {
    case 'see':
      return count(client, 'select id from storage.objects where bucket_id = $1 and name = $2', [bucket, key]);
    case 'remove':
      return count(client, 'delete from storage.objects where bucket_id = $1 and name = $2 returning name', [bucket, key]);
    case 'retag':
      return count(client, `update storage.objects set metadata = metadata || '{"tagged": true}' where bucket_id = $1 and name = $2`, [
        bucket,
        key,
      ]);
    case 'insert':
      return count(client, INSERT, row);
    case 'upsert':
      return count(client, `${INSERT} ${MERGE}`, row);
    case 'rename':
      return count(
        client,
        `update storage.objects set bucket_id = $3, name = $4, owner = coalesce($5, owner), owner_id = coalesce($6, owner_id)
         where bucket_id = $1 and name = $2 returning id`,
        [bucket, key, deed.to.bucket, deed.to.key, subject, subject],
      );
    default:
      throw new TypeError('no such deed');
  }
}

async function count(client: PoolClient, text: string, values: readonly unknown[]): Promise<number | null> {
  return (await client.query(text, [...values])).rowCount;
}

function subjectOf({ sub }: Readonly<Record<string, unknown>>): string {
  return typeof sub === 'string' ? sub : '';
}
