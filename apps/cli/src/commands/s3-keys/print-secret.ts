import type { S3Key } from '@supastor/contract/wire/s3-key';
import type { Output } from '../../context.ts';
import { formatTable } from '../../output/table.ts';
import { placesOf } from './format-keys.ts';

interface KeyWithSecret {
  readonly key: S3Key;
  readonly secretAccessKey: string;
}

/** Prints a key with the secret that is told only now; as `env`, the variables that AWS tools read. */
export function printSecret(output: Output, created: KeyWithSecret, connection: ReadonlyMap<string, string>): void {
  const endpoint = connection.get('STORAGE_S3_URL') ?? null;
  output.result({ ...created, endpoint }, ({ key, secretAccessKey }, style) => {
    if (output.extraFormat === 'env') return formatVariables(key.accessKeyId, secretAccessKey, endpoint);
    const label = (text: string) => `  ${style.dim(text)}`;
    const rows = [
      [label('Access key'), key.accessKeyId],
      [label('Secret'), secretAccessKey],
      ...(endpoint === null ? [] : [[label('Endpoint'), endpoint]]),
      [label('May'), `${key.verbs.join(', ')} on ${placesOf(key)} as ${key.role}`],
      [label('Ends'), key.expiresAt ?? 'when it is revoked'],
    ];
    const overlap = key.previousSecretUntil === null ? '' : ` The secret before it works until ${key.previousSecretUntil}.`;
    return `${formatTable(rows)}\n\nKeep the secret now: it is not shown again.${overlap}`;
  });
}

function formatVariables(accessKeyId: string, secretAccessKey: string, endpoint: string | null): string {
  const lines = [`AWS_ACCESS_KEY_ID=${accessKeyId}`, `AWS_SECRET_ACCESS_KEY=${secretAccessKey}`];
  return [...lines, ...(endpoint === null ? [] : [`AWS_ENDPOINT_URL_S3=${endpoint}`])].join('\n');
}
