import { s3KeysRevoke } from '@supastor/contract/operations/s3-keys';
import { withAdmin } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';

/** Revokes a key, after asking. */
export async function revokeS3Key(context: CliContext, accessKeyId: string): Promise<number | void> {
  if (!(await context.confirm(`Refuse the access key ${accessKeyId} from now on?`))) {
    context.output.progress('nothing was changed');
    return 1;
  }
  await withAdmin(context, ({ client }) => client.run(s3KeysRevoke, { accessKeyId }, { signal: context.signal }));
  context.output.result({ revoked: accessKeyId }, ({ revoked }) => `${revoked} is revoked.`);
}
