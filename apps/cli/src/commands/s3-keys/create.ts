import { SupastorError } from '@supastor/contract/errors';
import { s3KeysCreate } from '@supastor/contract/operations/s3-keys';
import { S3_KEY_VERBS, type S3KeyVerb } from '@supastor/contract/wire/s3-key';
import { withAdmin } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';
import { parseExpiry } from './duration.ts';
import { printSecret } from './print-secret.ts';

export interface CreateFlags {
  readonly allow: string;
  readonly bucket?: readonly string[];
  readonly prefix?: readonly string[];
  readonly role: string;
  readonly claims?: string;
  readonly ip?: readonly string[];
  readonly expires?: string;
}

/** Makes an access key and prints it with its secret. */
export async function createS3Key(context: CliContext, name: string, flags: CreateFlags): Promise<void> {
  const wanted = {
    name,
    verbs: [...parseVerbs(flags.allow)],
    buckets: [...(flags.bucket ?? ['*'])],
    prefixes: [...(flags.prefix ?? [])],
    role: flags.role,
    claims: parseClaims(flags.claims),
    ipRanges: [...(flags.ip ?? [])],
    expiresAt: flags.expires === undefined ? null : parseExpiry(flags.expires, Date.now()),
  };
  await withAdmin(context, async ({ client, connection }) => {
    const created = await client.run(s3KeysCreate, wanted, { signal: context.signal });
    printSecret(context.output, created, connection);
  });
}

function parseVerbs(text: string): readonly S3KeyVerb[] {
  return text.split(',').map((part) => {
    const verb = S3_KEY_VERBS.find((candidate) => candidate === part.trim());
    if (verb !== undefined) return verb;
    throw new SupastorError('SJ_USAGE', `--allow does not know "${part.trim()}"`, { hint: `use ${S3_KEY_VERBS.join(', ')}` });
  });
}

function parseClaims(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below.
  }
  throw new SupastorError('SJ_USAGE', '--claims is not a JSON object', { hint: `such as '{"sub":"8f1c..."}'` });
}
