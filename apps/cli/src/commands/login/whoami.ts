import { sessionGet } from '@supastor/contract/operations/session';
import { withAdmin } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';
import { formatTable } from '../../output/table.ts';

/** Prints the identity that commands act as. */
export async function whoami(context: CliContext): Promise<void> {
  await withAdmin(context, async ({ client, baseUrl }) => {
    const session = await client.run(sessionGet, {}, { signal: context.signal });
    context.output.result({ address: baseUrl, ...session }, (_, style) => {
      const places = session.grants.map(({ role, scope }) => `${role} of ${placeOf(scope)}`);
      const rows = [
        ['Admin API', baseUrl],
        ['Identity', session.name === '' || session.name === session.email ? session.email : `${session.name} <${session.email}>`],
        ['Role', session.role],
        ...(places.length === 0 ? [] : [['Grants', places.join(', ')]]),
        ['Permissions', session.permissions.join(', ')],
        ['Ends', session.expiresAt],
      ];
      return formatTable(rows.map(([label = '', value = '']) => [style.dim(label), value]));
    });
  });
}

function placeOf({
  environment,
  bucket,
  prefix,
}: {
  environment?: string | undefined;
  bucket?: string | undefined;
  prefix?: string | undefined;
}): string {
  const path = bucket === undefined ? 'everything' : `${bucket}/${prefix ?? ''}`;
  return environment === undefined ? path : `${path} in ${environment}`;
}
