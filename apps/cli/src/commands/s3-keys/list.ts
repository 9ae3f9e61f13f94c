import { s3KeysList } from '@supastor/contract/operations/s3-keys';
import { withAdmin } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';
import { formatKeys } from './format-keys.ts';

/** Prints every access key. */
export async function listS3Keys(context: CliContext): Promise<void> {
  const found = await withAdmin(context, ({ client }) => client.run(s3KeysList, {}, { signal: context.signal }));
  context.output.result(found, ({ keys }, style) => formatKeys(keys, style, Date.now()));
}
