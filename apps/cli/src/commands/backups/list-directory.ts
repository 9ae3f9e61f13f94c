import { resolve } from 'node:path';
import { listBackups } from '@supastor/adapters/backups/backup-store';
import { layoutOf } from '@supastor/adapters/backups/layout';
import type { CliContext } from '../../context.ts';
import { formatBackups } from './format-backups.ts';

export interface ListFlags {
  readonly from?: string;
}

/** Prints the backups in a directory, for whoever has no stack to ask, such as before a restore. */
export async function listDirectory(context: CliContext, from: string): Promise<void> {
  const destination = resolve(context.projectDir, from);
  context.output.result({ destination, backups: [...(await listBackups(layoutOf(destination)))] }, formatBackups);
}
