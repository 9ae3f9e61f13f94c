import type { ScrubOptions } from '@supastor/contract/wire/maintenance';
import { z } from 'zod';
import type { ManagedStore } from '../blobs/managed-store.port.ts';
import type { UpstreamReader } from '../blobs/upstream/upstream-reader.ts';
import type { Metrics } from '../http/metrics.ts';
import type { Database } from '../metadata/database.ts';
import { checkVersion, type Pace } from './check-version.ts';
import {
  type BlobReference,
  clearDamaged,
  findKnownDamage,
  findLastReference,
  findReferenced,
  forgetUnreferencedDamage,
  listReferences,
  markDamaged,
  toReference,
} from './integrity-queries.ts';
import { createPace } from './pace.ts';
import type { RunProgress } from './run-progress.ts';

/** Versions after `after` up to `until` are still to be read. What is uploaded meanwhile is for the next scrub. */
export const scrubPositionSchema = z.object({ after: z.string().default(''), until: z.string().nullable().default(null) });
export type ScrubPosition = z.output<typeof scrubPositionSchema>;

export interface ScrubDeps {
  readonly database: Database;
  readonly store: ManagedStore;
  readonly upstream: UpstreamReader;
  readonly metrics: Metrics;
}

const BATCH = 100;

/** Reads all bytes again, slowly, and marks the versions that are not what was stored. */
export async function runScrub(
  deps: ScrubDeps,
  progress: RunProgress,
  options: ScrubOptions & { readonly bytesPerSecond: number },
  from: ScrubPosition,
): Promise<void> {
  const { database } = deps;
  const until = from.until ?? (await lastVersion(database));
  if (until === null) return;
  const pace = createPace(progress, options.bytesPerSecond);
  for (let { after } = from; ;) {
    const page = listReferences({ after, until, limit: BATCH }, options.onlyDamaged);
    await database.read(page);
    const last = page.rows.at(-1);
    if (last === undefined) break;
    const references = page.rows.map(toReference);
    const known = findKnownDamage(references.map(({ version }) => version));
    await database.read(known);
    const wasDamaged = new Set(known.rows.map(({ version }) => version));
    const unreachable = await deps.upstream.findUnreachable(references.map(({ version }) => version));
    if (unreachable.size > 0) progress.add('unreachable', unreachable.size);
    for (const reference of references.filter(({ version }) => !unreachable.has(version))) {
      await scrubOne(deps, progress, { reference, pace, wasDamaged: wasDamaged.has(reference.version) });
      await progress.beat();
    }
    after = last.version;
    await progress.save({ after, until });
  }
  await database.transact({ steps: [forgetUnreferencedDamage()] });
}

async function lastVersion(database: Database): Promise<string | null> {
  const last = findLastReference();
  await database.read(last);
  return last.rows[0]?.version ?? null;
}

interface ScrubItem {
  readonly reference: BlobReference;
  readonly pace: Pace;
  readonly wasDamaged: boolean;
}

async function scrubOne(
  { database, store, metrics }: ScrubDeps,
  progress: RunProgress,
  { reference, pace, wasDamaged }: ScrubItem,
): Promise<void> {
  const { version } = reference;
  const { damage, readBytes } = await checkVersion(store, reference, pace);
  progress.add('bytesRead', readBytes);
  metrics.scrubbedBytes.inc(readBytes);
  if (damage !== null) {
    const live = findReferenced([version]);
    await database.read(live);
    // Overwritten or deleted while it was read: then it is gone, not damaged.
    if (live.rows.length === 0) return;
    await database.transact({ steps: [markDamaged(version, damage, 'scrub')] });
    progress.add('damaged');
    if (!wasDamaged) metrics.damagedBlobs.inc({ found_by: 'scrub' });
  } else if (wasDamaged) {
    await database.transact({ steps: [clearDamaged([version])] });
    progress.add('healed');
  }
  progress.add('versionsChecked');
}
