import type { ImportFailure } from '@supastor/contract/wire/maintenance';
import type { Database } from '../../metadata/database.ts';
import type { BlobFacts, OpenBlob } from '../blob-store.port.ts';
import { findCommittedVersions } from '../instance-registry.ts';
import type { ManagedStore } from '../managed-store.port.ts';
import { fillDigests, markFailed, markImported } from './import-queries.ts';
import { type PlaceRow, toPlace } from './place-queries.ts';
import { stageFrom } from './read-through.ts';
import { UnsafePlace, type UpstreamSource } from './upstream-source.port.ts';

export interface ImportVersionDeps {
  readonly database: Database;
  /** Our own layout, without what is read through it. */
  readonly store: ManagedStore;
  readonly source: UpstreamSource;
  /** Whether an error of reading means that the bytes cannot be read any more. */
  readonly isUnreadable: (error: unknown) => boolean;
  /** Holds the reader back after `bytes` were read. */
  readonly pace: (bytes: number) => Promise<void>;
}

/** What a row knows of the bytes of a version. */
export interface WantedBytes {
  readonly sizeBytes: number | null;
  /** Hex; null when the entity tag is no digest of the bytes. */
  readonly md5: string | null;
}

export type Imported =
  | { readonly kind: 'imported'; readonly sizeBytes: number }
  /** The object went away meanwhile. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly reason: ImportFailure };

/**
 * Copies one version into our layout, under its own id: verified, durable, then noted. Readers find it here or there at every moment, so
 * that it may be interrupted anywhere and done again by anyone, also by two at once.
 */
export async function importVersion(deps: ImportVersionDeps, row: PlaceRow, wanted: WantedBytes): Promise<Imported> {
  const opened = await openSource(deps, row);
  if (typeof opened === 'string') return fail(deps, row, opened);
  if (opened === null) return withoutSource(deps, row, wanted);
  if (wanted.sizeBytes !== null && opened.sizeBytes !== wanted.sizeBytes) {
    await opened.close();
    return fail(deps, row, 'size');
  }
  const { store, pace } = deps;
  const staged = await stageFrom(store, opened, row.version, { pace, isReferenced: true }).catch((error: unknown) => {
    if (deps.isUnreadable(error)) return null;
    throw error;
  });
  if (staged === null) return fail(deps, row, 'unreadable');
  const reason = compare(staged.facts, opened.sizeBytes, wanted);
  if (reason !== null) {
    await staged.discard();
    return fail(deps, row, reason);
  }
  await staged.publish();
  try {
    return await note(deps, row, staged.facts);
  } finally {
    store.settle(row.version);
  }
}

async function openSource({ source, isUnreadable }: ImportVersionDeps, row: PlaceRow): Promise<OpenBlob | ImportFailure | null> {
  return source.open(toPlace(row)).catch((error: unknown) => {
    if (error instanceof UnsafePlace) return 'unsafe' as const;
    if (isUnreadable(error)) return 'unreadable' as const;
    throw error;
  });
}

/** Another run may have copied the bytes, and removed them where they were, before it could note that. */
async function withoutSource(deps: ImportVersionDeps, row: PlaceRow, { sizeBytes }: WantedBytes): Promise<Imported> {
  const facts = await deps.store.stat(row.version);
  if (facts === null || (sizeBytes !== null && facts.sizeBytes !== sizeBytes)) return fail(deps, row, 'missing');
  return note(deps, row, null);
}

function compare(facts: BlobFacts, announcedBytes: number, { md5 }: WantedBytes): ImportFailure | null {
  if (facts.sizeBytes !== announcedBytes) return 'size';
  return md5 === null || facts.md5?.toString('hex') === md5 ? null : 'digest';
}

async function note({ database, store }: ImportVersionDeps, { version }: PlaceRow, facts: BlobFacts | null): Promise<Imported> {
  const marked = markImported(version);
  await database.transact({ steps: [...(facts === null ? [] : fillDigests(version, facts)), marked] });
  if (marked.rowCount > 0) return { kind: 'imported', sizeBytes: facts?.sizeBytes ?? 0 };
  // What is retired is for the collector, which may have been here before these bytes.
  const known = await findCommittedVersions(database, [version]);
  if (!known.has(version)) await store.remove(version);
  return { kind: 'gone' };
}

async function fail({ database }: ImportVersionDeps, { version }: PlaceRow, reason: ImportFailure): Promise<Imported> {
  await database.transact({ steps: [markFailed(version, reason)] });
  return { kind: 'failed', reason };
}
