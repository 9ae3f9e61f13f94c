import { S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3Options } from '../start.ts';
import { ANON_TOKEN } from './server.ts';

export const KEY_PAIR = { accessKeyId: 'TESTACCESSKEY0000001', secret: 'test-secret-of-the-s3-key-pair' };

export const TEST_S3: S3Options = {
  tenantId: 'stub',
  region: 'us-east-1',
  enforceRegion: false,
  trustForwardedHost: false,
  anonKey: ANON_TOKEN,
  keyPair: KEY_PAIR,
  rootPort: 0,
  uploadExpirySeconds: 3600,
};

const SERVICE_CREDENTIALS = { accessKeyId: KEY_PAIR.accessKeyId, secretAccessKey: KEY_PAIR.secret };

/** The official client. */
export function s3Client(endpoint: string, overrides: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: SERVICE_CREDENTIALS,
    ...overrides,
  });
}

/** The official client in session mode: the user's token decides. */
export function s3SessionClient(endpoint: string, token: string): S3Client {
  return s3Client(endpoint, { credentials: { accessKeyId: 'stub', secretAccessKey: ANON_TOKEN, sessionToken: token } });
}

/** `"404 NoSuchKey"` of a request that fails, `"no error"` of one that does not. */
export async function s3ErrorOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no error';
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode} ${error.name}`;
    throw error;
  }
}
