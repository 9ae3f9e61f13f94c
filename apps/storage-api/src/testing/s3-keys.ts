import { type S3KeyCreate, s3KeyWithSecretSchema } from '@supastor/contract/wire/s3-key';
import type { S3Client } from '@aws-sdk/client-s3';
import type { z } from 'zod';
import type { TestServer } from './server.ts';
import { s3Client } from './s3.ts';

type CreatedKey = z.infer<typeof s3KeyWithSecretSchema>;

/** Makes an access key over REST; without `verbs` it may do everything. */
export async function createKey(server: Pick<TestServer, 'fetch'>, wanted: Partial<S3KeyCreate> = {}): Promise<CreatedKey> {
  const body = { name: 'test', verbs: ['list', 'read', 'write', 'delete', 'manage'], ...wanted };
  const response = await server.fetch('/s3-keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return s3KeyWithSecretSchema.parse(await response.json());
}

/** The official client with a stored key. */
export function s3KeyClient(endpoint: string, { key, secretAccessKey }: CreatedKey): S3Client {
  return s3Client(endpoint, { credentials: { accessKeyId: key.accessKeyId, secretAccessKey } });
}
