import type { RegisterCommand } from '../../context.ts';
import { acceptFormats } from '../../output/formats.ts';
import type { CreateFlags } from './create.ts';

/** `supastor s3-keys list|create|rotate|revoke` */
export const registerS3Keys: RegisterCommand = (program, bind) => {
  const keys = program.command('s3-keys').description('make, list, rotate and revoke access keys of the S3 endpoint');
  keys
    .command('list')
    .description('list access keys, without their secrets')
    .action(
      bind(async (context) => {
        const { listS3Keys } = await import('./list.ts');
        await listS3Keys(context);
      }),
    );
  const create = keys
    .command('create')
    .description('make an access key; its secret is shown this once. -o env prints it for AWS tools')
    .argument('<name>', 'what it is for')
    .option('--allow <verbs>', 'what it may do: list, read, write, delete, manage, with commas between them', 'list,read')
    .option('--bucket <name>', 'a bucket, or the beginning of its name and *; may be repeated (default: every bucket)', collect)
    .option('--prefix <prefix>', 'only keys that begin so; may be repeated', collect)
    .option('--role <role>', 'database role it acts as; policies bind all but service_role', 'service_role')
    .option('--claims <json>', 'claims that policies see, such as {"sub":"..."}')
    .option('--ip <range>', 'address or range it may be used from; may be repeated', collect)
    .option('--expires <when>', 'when it ends: 12h, 90d or a date (default: when it is revoked)')
    .action(
      bind(async (context, name: string, flags: CreateFlags) => {
        const { createS3Key } = await import('./create.ts');
        await createS3Key(context, name, flags);
      }),
    );
  acceptFormats(create, ['env']);
  const rotate = keys
    .command('rotate')
    .description('give a key a new secret; the old one goes on working for a while')
    .argument('<access-key-id>')
    .option('--overlap <duration>', 'how long the old secret still works: 0, 30m, 24h, 7d', '24h')
    .action(
      bind(async (context, accessKeyId: string, { overlap }: { readonly overlap: string }) => {
        const { rotateS3Key } = await import('./rotate.ts');
        await rotateS3Key(context, accessKeyId, overlap);
      }),
    );
  acceptFormats(rotate, ['env']);
  keys
    .command('revoke')
    .description('refuse a key from now on')
    .argument('<access-key-id>')
    .action(
      bind(async (context, accessKeyId: string) => {
        const { revokeS3Key } = await import('./revoke.ts');
        await revokeS3Key(context, accessKeyId);
      }),
    );
};

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}
