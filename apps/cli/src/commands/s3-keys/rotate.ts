import { SupastorError } from '@supastor/contract/errors';
import { s3KeysRotate } from '@supastor/contract/operations/s3-keys';
import { withAdmin } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';
import { parseDuration } from './duration.ts';
import { printSecret } from './print-secret.ts';

/** Gives a key a new secret and prints it. */
export async function rotateS3Key(context: CliContext, accessKeyId: string, overlap: string): Promise<void> {
  const overlapSeconds = parseDuration(overlap);
  if (overlapSeconds === null) {
    throw new SupastorError('SJ_USAGE', `--overlap does not understand "${overlap}"`, { hint: 'use 0, 30m, 24h or 7d' });
  }
  await withAdmin(context, async ({ client, connection }) => {
    const rotated = await client.run(s3KeysRotate, { accessKeyId, overlapSeconds }, { signal: context.signal });
    printSecret(context.output, rotated, connection);
  });
}
