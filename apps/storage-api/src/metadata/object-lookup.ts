import type { BucketRow } from './bucket-queries.ts';
import { OBJECT_COLUMNS, type ObjectRow } from './object-queries.ts';
import type { Reads } from './replicas/reads.ts';
import { type Step, step } from './step.ts';

interface FoundBucket extends Pick<BucketRow, 'public' | 'file_size_limit' | 'allowed_mime_types'> {
  /** Whether versioning was ever enabled, so that versions have ids to tell. */
  readonly keepsVersions: boolean;
}

/** What there is under a bucket and a key, whoever may see it. */
export interface FoundObject {
  /** Null when there is no such bucket. */
  readonly bucket: FoundBucket | null;
  readonly row: ObjectRow | undefined;
  /** Whether policies do not bind the role that was asked about, so that it sees the row. */
  readonly isUnrestricted: boolean;
  /** Whether any bucket or owner has a quota; known only of a role that is not bound. */
  readonly hasQuotas: boolean;
}

interface LookupRow extends ObjectRow {
  readonly position: number;
  readonly has_bucket: boolean;
  readonly has_object: boolean;
  readonly bucket_public: boolean | null;
  readonly bucket_versioning: string | null;
  readonly file_size_limit: string | null;
  readonly allowed_mime_types: readonly string[] | null;
}

interface Waiting {
  readonly bucket: string;
  readonly key: string;
  readonly role: string | null;
  readonly resolve: (found: FoundObject) => void;
  readonly reject: (error: unknown) => void;
}

/** Columns of an object; without the table's name they would not be unambiguous. */
const COLUMNS = OBJECT_COLUMNS.split(',').map((column) => `o.${column.trim()}`);
const FACTS = `b.id is not null as has_bucket, b.public as bucket_public, b.versioning_status as bucket_versioning, b.file_size_limit,
  b.allowed_mime_types, o.id is not null as has_object, ${COLUMNS.join(', ')}`;
const BUCKET_COLUMNS = 'id, public, versioning_status, file_size_limit, allowed_mime_types';

/**
 * What is prepared once a connection and kept. The limits keep Postgres from joining whole tables: over small ones that is cheapest, and
 * the plan would stay when they have grown.
 */
export const LOOKUP_STATEMENTS = {
  find: {
    name: 'lookup_objects',
    text: `select k.position::integer, ${FACTS}
      from unnest($1::text[], $2::text[]) with ordinality as k (bucket, key, position)
      left join lateral (select ${BUCKET_COLUMNS} from storage.buckets where id = k.bucket limit 1) b on true
      left join lateral (select * from storage.objects where bucket_id = k.bucket and name = k.key limit 1) o on true`,
  },
  findOne: {
    name: 'lookup_object',
    text: `select 1 as position, ${FACTS} from (values (0)) k left join storage.buckets b on b.id = $1
      left join storage.objects o on o.bucket_id = $1 and o.name = $2`,
  },
  findPublic: {
    name: 'lookup_public_object',
    text: `select 1 as position, ${FACTS} from storage.buckets b
      left join storage.objects o on b.public and o.bucket_id = b.id and o.name = $2 where b.id = $1`,
  },
  unrestricted: {
    name: 'lookup_unrestricted_roles',
    text: `select rolname::text as role, exists (select from storage.quotas) as has_quotas from pg_roles where rolname = any($1::name[]) and (rolbypassrls or rolsuper)
      and has_schema_privilege(rolname, 'storage', 'usage') and has_table_privilege(rolname, 'storage.objects', 'select')`,
  },
};

/** More at once would only wait for each other in Postgres. */
const MAX_BATCHES = 2;
const MAX_BATCH_SIZE = 128;

/**
 * Finds objects as the service's own role. Requests that come at the same time are answered by one statement, which starts after
 * they came: nothing is remembered from one to the next, so that what one server commits every other one sees.
 */
export class ObjectLookup {
  readonly #database: Reads;
  #waiting: Waiting[] = [];
  #running = 0;
  #isScheduled = false;
  /** As of the last answer; only ever a hint as to which way is the shorter one. */
  readonly #bound = new Set<string>();

  constructor(database: Reads) {
    this.#database = database;
  }

  /** With a role, also says whether policies bind it, as of the same moment. */
  find(bucket: string, key: string, role: string | null = null): Promise<FoundObject> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bucket, key, role, resolve, reject });
      this.#schedule();
    });
  }

  /** Whether policies bound this role when it was last asked about. */
  wasBound(role: string): boolean {
    return this.#bound.has(role);
  }

  /** What arrived in the same turn of the event loop goes together. */
  #schedule(): void {
    if (this.#isScheduled || this.#running >= MAX_BATCHES || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#run(this.#waiting.splice(0, MAX_BATCH_SIZE));
    });
  }

  async #run(batch: readonly Waiting[]): Promise<void> {
    this.#running += 1;
    try {
      await this.#answer(batch);
    } catch (error) {
      // One of them may be what Postgres cannot take; that must not be the others' failure.
      if (batch.length === 1) batch[0]?.reject(error);
      else await Promise.all(batch.map((each) => this.#answer([each]).catch(each.reject)));
    } finally {
      this.#running -= 1;
      this.#schedule();
    }
  }

  async #answer(batch: readonly Waiting[]): Promise<void> {
    const found = findAll(batch);
    const roles = [...new Set(batch.flatMap(({ role }) => role ?? []))];
    const unrestricted = step<{ role: string; has_quotas: boolean }>(LOOKUP_STATEMENTS.unrestricted, [roles]);
    const steps: Step<unknown>[] = roles.length === 0 ? [found] : [unrestricted, found];
    await this.#database.read(...steps);
    const free = new Set(unrestricted.rows.map(({ role }) => role));
    const hasQuotas = unrestricted.rows[0]?.has_quotas ?? true;
    for (const role of roles) if (!free.has(role)) this.#bound.add(role);
    for (const row of found.rows) {
      const asked = batch[row.position - 1];
      asked?.resolve({ ...toFound(row), isUnrestricted: asked.role !== null && free.has(asked.role), hasQuotas });
    }
  }
}

/** The bucket, if it exists, and the object if the bucket is public. */
export function findPublicObject(bucket: string, key: string): Step<LookupRow> {
  return step(LOOKUP_STATEMENTS.findPublic, [bucket, key]);
}

export function toFound(found: LookupRow): Pick<FoundObject, 'bucket' | 'row'> {
  const {
    position: _position,
    has_bucket: hasBucket,
    has_object: hasObject,
    bucket_public: isPublic,
    bucket_versioning: versioning,
    file_size_limit,
    allowed_mime_types,
    ...row
  } = found;
  const keepsVersions = versioning !== null && versioning !== 'DISABLED';
  const bucket = { public: isPublic === true, keepsVersions, file_size_limit, allowed_mime_types };
  return { bucket: hasBucket ? bucket : null, row: hasObject ? row : undefined };
}

function findAll(batch: readonly Waiting[]): Step<LookupRow> {
  const [first] = batch;
  if (first !== undefined && batch.length === 1) return step(LOOKUP_STATEMENTS.findOne, [first.bucket, first.key]);
  return step(LOOKUP_STATEMENTS.find, [batch.map(({ bucket }) => bucket), batch.map(({ key }) => key)]);
}
