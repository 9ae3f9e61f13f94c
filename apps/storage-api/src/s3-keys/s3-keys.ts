import { randomBytes } from 'node:crypto';
import { type S3Key, type S3KeyCreate, s3KeySettings, type S3KeyUpdate } from '@supastor/contract/wire/s3-key';
import { z } from 'zod';
import { failures } from '../errors.ts';
import type { Database } from '../metadata/database.ts';
import type { Step } from '../metadata/step.ts';
import { findKey, insertKey, type KeyRow, listKeyRows, removeKey, rotateKey, updateKey } from './key-queries.ts';
import type { SecretSealer } from './secret-sealer.ts';

export interface S3KeysDeps {
  readonly database: Database;
  readonly sealer: SecretSealer;
  /** Database roles a key may act as. */
  readonly roles: readonly string[];
  /** What this server remembers of a key that has changed. The others look it up again within half a second. */
  readonly forget: (id: string) => void;
}

export interface KeyWithSecret {
  readonly key: S3Key;
  readonly secretAccessKey: string;
}

const { buckets, prefixes, verbs, ipRanges, claims } = s3KeySettings;
/** What the JSON columns of a row must hold for the key to be usable. */
export const storedScopeSchema = z.object({ buckets, prefixes, verbs, ipRanges });
export const storedClaimsSchema = claims;

/** All keys, oldest first. */
export async function listS3Keys({ database, sealer }: S3KeysDeps): Promise<readonly S3Key[]> {
  const list = listKeyRows();
  await database.read(list);
  return list.rows.map((row) => describeKey(row, sealer));
}

/** @throws ProtocolError NoSuchAccessKey */
export async function getS3Key({ database, sealer }: S3KeysDeps, id: string): Promise<S3Key> {
  const find = findKey(id);
  await database.read(find);
  return describeKey(required(find.rows), sealer);
}

/** Makes a key. Its secret is told here and never again. @throws ProtocolError InvalidRequest */
export async function createS3Key(deps: S3KeysDeps, wanted: S3KeyCreate): Promise<KeyWithSecret> {
  const { name, enabled, role, expiresAt } = wanted;
  requireSound(deps, wanted);
  const id = createAccessKeyId();
  const secretAccessKey = createSecret();
  const scope = { buckets: wanted.buckets, prefixes: wanted.prefixes, verbs: wanted.verbs, ipRanges: wanted.ipRanges };
  const sealedSecret = deps.sealer.seal(secretAccessKey, id);
  const insert = insertKey({ id, name, enabled, role, claims: wanted.claims, scope, sealedSecret, expiresAt });
  await change(deps, id, insert);
  return { key: describeKey(required(insert.rows), deps.sealer), secretAccessKey };
}

/** @throws ProtocolError NoSuchAccessKey, InvalidRequest */
export async function updateS3Key(deps: S3KeysDeps, id: string, changes: S3KeyUpdate): Promise<S3Key> {
  const { name, enabled, role, expiresAt, claims: newClaims, ...scope } = changes;
  const current = await getS3Key(deps, id);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  requireSound(deps, { ...current, ...given });
  const update = updateKey(id, { name, enabled, role, claims: newClaims, scope, expiresAt });
  await change(deps, id, update);
  return describeKey(required(update.rows), deps.sealer);
}

/**
 * Gives the key a new secret; the one before goes on working for `overlapSeconds`. With 0 every older secret ends at once.
 * @throws ProtocolError NoSuchAccessKey; ResourceAlreadyExists while an older secret still works
 */
export async function rotateS3Key(deps: S3KeysDeps, id: string, overlapSeconds: number): Promise<KeyWithSecret> {
  const secretAccessKey = createSecret();
  const rotation = rotateKey(id, deps.sealer.seal(secretAccessKey, id), overlapSeconds);
  await change(deps, id, rotation);
  const [row] = rotation.rows;
  if (row !== undefined) return { key: describeKey(row, deps.sealer), secretAccessKey };
  const { previousSecretUntil } = await getS3Key(deps, id);
  throw failures.rotatedAlready(previousSecretUntil ?? 'now');
}

/** Refuses the key from now on; every server has heard of it within a second. @throws ProtocolError NoSuchAccessKey */
export async function revokeS3Key(deps: S3KeysDeps, id: string): Promise<void> {
  const removal = removeKey(id);
  await change(deps, id, removal);
  if (removal.rowCount === 0) throw failures.noSuchAccessKey();
}

/** Also after a failure, which does not always say that nothing was written. */
async function change({ database, forget }: S3KeysDeps, id: string, step: Step<unknown>): Promise<void> {
  try {
    await database.transact({ steps: [step] });
  } finally {
    forget(id);
  }
}

function requireSound({ roles }: S3KeysDeps, key: Pick<S3Key, 'role' | 'verbs' | 'prefixes'>): void {
  if (!roles.includes(key.role)) {
    throw failures.invalidRequest(`role: '${key.role}' is not one a token may name either; use one of ${roles.join(', ')}`);
  }
  if (key.verbs.includes('manage') && key.prefixes.length > 0) {
    throw failures.invalidRequest("verbs: 'manage' is about whole buckets; leave it out, or leave out the prefixes");
  }
}

function describeKey(row: KeyRow, sealer: SecretSealer): S3Key {
  const scope = storedScopeSchema.safeParse(row.scope).data ?? { buckets: [], prefixes: [], verbs: [], ipRanges: [] };
  const isOverlapping = row.previous_until !== null && row.previous_until.getTime() > Date.now();
  return {
    accessKeyId: row.id,
    name: row.name,
    ...scope,
    role: row.role,
    claims: storedClaimsSchema.safeParse(row.claims).data ?? {},
    expiresAt: row.expires_at?.toISOString() ?? null,
    enabled: row.enabled,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    lastUsedIp: row.last_used_ip,
    previousSecretUntil: isOverlapping ? (row.previous_until?.toISOString() ?? null) : null,
    usable: scope.verbs.length > 0 && sealer.open(row.secret, row.id) !== null,
  };
}

function required(rows: readonly KeyRow[]): KeyRow {
  const [row] = rows;
  if (row === undefined) throw failures.noSuchAccessKey();
  return row;
}

const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Twenty characters, as AWS's are; tools check for that. */
function createAccessKeyId(): string {
  return `SJ${Array.from(randomBytes(18), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join('')}`;
}

/** 240 random bits in forty characters that need no quoting in shells and files. */
function createSecret(): string {
  return randomBytes(30).toString('base64url');
}
