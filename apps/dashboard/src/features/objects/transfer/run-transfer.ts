import type { QueryClient } from '@tanstack/react-query';
import { messageOf } from '../../../api/api-error.ts';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { baseName } from '../paths.ts';
import type { TransferPlan, TransferStep, TransferVerb } from './plan-transfer.ts';
import { followJob } from './started-jobs.ts';
import type { Messages } from '../../../messages/messages.ts';

export interface Transfer extends TransferPlan {
  readonly verb: TransferVerb;
  readonly bucket: string;
  readonly toBucket: string;
  readonly overwrite: boolean;
  readonly words: Messages['transfer'];
}

/** Moves or copies objects at once, and starts a job for each folder. @throws Error that names what stayed where it was */
export async function runTransfer(client: QueryClient, transfer: Transfer): Promise<void> {
  const { bucket, folders, objects } = transfer;
  for (const step of folders) followJob(client, bucket, await startFolder(transfer, step));
  const steps = objects.filter(({ from, to }) => from !== to || bucket !== transfer.toBucket);
  const failures: string[] = [];
  for (const step of steps) {
    await transferOne(transfer, step).catch((error: unknown) => {
      if (steps.length === 1) throw error;
      failures.push(`${baseName(step.from)}: ${messageOf(error)}`);
    });
  }
  if (failures.length > 0) {
    throw new Error(`${transfer.words.stayed(failures.length, steps.length)} ${failures.slice(0, 3).join(' ')}`);
  }
}

function transferOne({ verb, bucket, toBucket, overwrite }: Transfer, { from, to }: TransferStep): Promise<unknown> {
  const input = { bucket, from, to, toBucket, overwrite };
  return verb === 'move' ? call(operations.objectsMove, input) : call(operations.objectsCopy, input);
}

async function startFolder(transfer: Transfer, { from, to }: TransferStep) {
  const { verb, bucket, toBucket, overwrite } = transfer;
  const ifExists = overwrite ? 'overwrite' : 'skip';
  const wasEmpty = await isEmpty(toBucket, to);
  if (verb === 'copy') {
    const { id } = await call(operations.objectsCopyFolder, { bucket, from, to, toBucket, ifExists });
    const undo = wasEmpty ? () => call(operations.objectsRemoveFolder, { bucket: toBucket, folder: to }) : null;
    return { id, undo, undoHint: transfer.words.undoHints.copies };
  }
  const { id } = await call(operations.objectsMoveFolder, { bucket, from, to, toBucket, ifExists });
  const undo = wasEmpty ? () => call(operations.objectsMoveFolder, { bucket: toBucket, from: to, to: from, toBucket: bucket }) : null;
  return { id, undo, undoHint: transfer.words.undoHints.mixed };
}

/** The root of a bucket counts as taken: undoing would take everything there along. */
async function isEmpty(bucket: string, prefix: string): Promise<boolean> {
  if (prefix === '') return false;
  const { folders, objects } = await call(operations.objectsList, { bucket, prefix, limit: 1 });
  return folders.length + objects.length === 0;
}
