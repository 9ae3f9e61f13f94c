import { SupastorError } from '@supastor/contract/errors';
import type { Client } from 'pg';
import { copyOut } from './copy-out.ts';

/** Where the two parts of a base backup go. */
export interface BaseBackupSinks {
  /** The data directory and the log that makes it consistent, as a tar. */
  readonly archive: (chunk: Buffer) => Promise<void>;
  /** The server's own list of the files in it, with a checksum of each. */
  readonly manifest: (chunk: Buffer) => Promise<void>;
}

export interface BaseBackup {
  readonly timeline: number;
  /** Positions in the write-ahead log; recovery begins at the first, and from the second on the copy is consistent. */
  readonly startPosition: string;
  readonly stopPosition: string;
}

/** Kinds of messages within the copy (PostgreSQL, "Streaming Replication Protocol", BASE_BACKUP). */
const [ARCHIVE, MANIFEST, DATA, PROGRESS] = ['n', 'm', 'd', 'p'].map((letter) => letter.charCodeAt(0));

/**
 * Copies the cluster that a replication connection leads to, while it goes on working.
 * @throws SJ_TARGET_UNSUPPORTED for clusters with table spaces of their own
 */
export async function takeBaseBackup(client: Client, id: string, sinks: BaseBackupSinks, signal: AbortSignal): Promise<BaseBackup> {
  let sink: ((chunk: Buffer) => Promise<void>) | null = null;
  const rows = await copyOut(
    client,
    `BASE_BACKUP (LABEL 'supastor ${id}', CHECKPOINT 'fast', WAL true, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')`,
    async (message) => {
      const rest = message.subarray(1);
      if (message[0] === DATA && sink !== null) return sink(rest);
      if (message[0] === ARCHIVE) return void (sink = mainArchive(rest) ? sinks.archive : refuseTablespace(rest));
      if (message[0] === MANIFEST) return void (sink = sinks.manifest);
      if (message[0] !== PROGRESS) throw new SupastorError('SJ_UPSTREAM_FAILED', 'Postgres sent a base backup in a form we do not know.');
    },
    signal,
  );
  const [start, stop] = [rows.at(0), rows.at(-1)];
  const [startPosition, stopPosition, timeline] = [start?.[0], stop?.[0], Number(stop?.[1])];
  if (!startPosition || !stopPosition || !Number.isInteger(timeline)) {
    throw new SupastorError('SJ_UPSTREAM_FAILED', 'Postgres did not say where its base backup begins and ends.');
  }
  return { startPosition, stopPosition, timeline };
}

function mainArchive(header: Buffer): boolean {
  return header.subarray(0, header.indexOf(0)).toString() === 'base.tar';
}

function refuseTablespace(header: Buffer): never {
  const path = header.toString().split('\0')[1] ?? '';
  throw new SupastorError(
    'SJ_TARGET_UNSUPPORTED',
    `The database keeps tables in a table space of its own (${path}), which a backup does not hold.`,
    {
      hint: 'Move those tables into pg_default, or back the database up with its own tools.',
    },
  );
}
