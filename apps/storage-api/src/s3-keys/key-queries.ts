import { type Step, step } from '../metadata/step.ts';

/** A row of storage.s3_access_keys. It can be written with SQL, so `claims` and `scope` are whatever JSON is there. */
export interface KeyRow {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly role: string;
  readonly claims: unknown;
  readonly scope: unknown;
  /** Sealed, as `previous_secret`. */
  readonly secret: string;
  readonly previous_secret: string | null;
  readonly previous_until: Date | null;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly last_used_at: Date | null;
  readonly last_used_ip: string | null;
}

const COLUMNS = `id, name, enabled, role, claims, scope, secret, previous_secret, previous_until, expires_at, created_at, updated_at,
  last_used_at, last_used_ip`;
const MOST_KEYS = 10_000;

const SQL = {
  find: { name: 's3_key_find', text: `select ${COLUMNS} from storage.s3_access_keys where id = $1` },
  list: { name: 's3_key_list', text: `select ${COLUMNS} from storage.s3_access_keys order by created_at, id limit ${MOST_KEYS}` },
  insert: {
    name: 's3_key_insert',
    text: `insert into storage.s3_access_keys (id, name, enabled, role, claims, scope, secret, expires_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${COLUMNS}`,
  },
  // Settings that were not given are null; whether the key shall end is told apart from when.
  update: {
    name: 's3_key_update',
    text: `update storage.s3_access_keys set name = coalesce($2, name), enabled = coalesce($3, enabled), role = coalesce($4, role),
      claims = coalesce($5, claims), scope = scope || $6, expires_at = case when $7 then $8 else expires_at end, updated_at = now()
      where id = $1 returning ${COLUMNS}`,
  },
  // A second rotation would cut the overlap of the first one short, so only one without overlap may come in between.
  rotate: {
    name: 's3_key_rotate',
    text: `update storage.s3_access_keys set secret = $2, updated_at = now(),
        previous_secret = case when $3 > 0 then secret end,
        previous_until = case when $3 > 0 then now() + make_interval(secs => $3) end
      where id = $1 and ($3 = 0 or previous_until is null or previous_until <= now()) returning ${COLUMNS}`,
  },
  reseal: {
    name: 's3_key_reseal',
    text: `update storage.s3_access_keys set secret = $4, previous_secret = $5
      where id = $1 and secret = $2 and previous_secret is not distinct from $3`,
  },
  remove: { name: 's3_key_remove', text: 'delete from storage.s3_access_keys where id = $1' },
  used: {
    name: 's3_key_used',
    text: `update storage.s3_access_keys k set last_used_at = to_timestamp(u.at_ms / 1000.0), last_used_ip = u.ip
      from unnest($1::text[], $2::float8[], $3::text[]) as u (id, at_ms, ip)
      where k.id = u.id and (k.last_used_at is null or k.last_used_at < to_timestamp(u.at_ms / 1000.0))`,
  },
} as const;

export function findKey(id: string): Step<KeyRow> {
  return step(SQL.find, [id]);
}

export function listKeyRows(): Step<KeyRow> {
  return step(SQL.list);
}

export interface NewKey {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
  readonly role: string;
  readonly claims: unknown;
  readonly scope: unknown;
  readonly sealedSecret: string;
  readonly expiresAt: string | null;
}

export function insertKey({ id, name, enabled, role, claims, scope, sealedSecret, expiresAt }: NewKey): Step<KeyRow> {
  return step(SQL.insert, [id, name, enabled, role, JSON.stringify(claims), JSON.stringify(scope), sealedSecret, expiresAt]);
}

export interface KeyChanges {
  readonly name: string | undefined;
  readonly enabled: boolean | undefined;
  readonly role: string | undefined;
  readonly claims: unknown;
  /** The parts that change. */
  readonly scope: Readonly<Record<string, unknown>>;
  readonly expiresAt: string | null | undefined;
}

export function updateKey(id: string, { name, enabled, role, claims, scope, expiresAt }: KeyChanges): Step<KeyRow> {
  return step(SQL.update, [
    id,
    name ?? null,
    enabled ?? null,
    role ?? null,
    claims === undefined ? null : JSON.stringify(claims),
    JSON.stringify(scope),
    expiresAt !== undefined,
    expiresAt ?? null,
  ]);
}

/** No row when the key is not there, or a secret before it is still to work for a while and `overlapSeconds` is not 0. */
export function rotateKey(id: string, sealedSecret: string, overlapSeconds: number): Step<KeyRow> {
  return step(SQL.rotate, [id, sealedSecret, overlapSeconds]);
}

/** Replaces sealed secrets by the same ones sealed anew, unless they changed meanwhile. */
export function resealKey(row: KeyRow, secret: string, previousSecret: string | null): Step<never> {
  return step(SQL.reseal, [row.id, row.secret, row.previous_secret, secret, previousSecret]);
}

export function removeKey(id: string): Step<never> {
  return step(SQL.remove, [id]);
}

export interface KeyUse {
  readonly id: string;
  readonly atMs: number;
  readonly ip: string;
}

export function noteUses(uses: readonly KeyUse[]): Step<never> {
  return step(SQL.used, [uses.map(({ id }) => id), uses.map(({ atMs }) => atMs), uses.map(({ ip }) => ip)]);
}
