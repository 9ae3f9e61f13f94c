import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandOutput,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { S3Options } from '../start.ts';
import { ANON_TOKEN, startTestServer, type TestServer } from './server.ts';

export const KEY_PAIR = { accessKeyId: 'TESTACCESSKEY0000001', secret: 'test-secret-of-the-s3-key-pair' };

export const TEST_S3: S3Options = {
  isEnabled: true,
  tenantId: 'stub',
  region: 'us-east-1',
  enforceRegion: false,
  trustForwardedHost: false,
  virtualHostDomains: ['s3.localhost'],
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

export interface S3Bench {
  readonly server: TestServer;
  readonly s3: S3Client;
  /** Writes to the bucket `main`, which is there from the start. */
  readonly put: (key: string, body: string | Uint8Array, extra?: Partial<PutObjectCommand['input']>) => Promise<PutObjectCommandOutput>;
  /** Reads from the bucket `main`. */
  readonly read: (key: string, extra?: Partial<GetObjectCommand['input']>) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** A server of its own with a bucket `main`, and the official client on it. */
export async function startS3Bench(): Promise<S3Bench> {
  const server = await startTestServer({ s3: TEST_S3 });
  const s3 = s3Client(`${server.url}/storage/v1/s3`);
  await s3.send(new CreateBucketCommand({ Bucket: 'main' }));
  return {
    server,
    s3,
    put: (key, body, extra = {}) => s3.send(new PutObjectCommand({ Bucket: 'main', Key: key, Body: body, ...extra })),
    async read(key, extra = {}) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'main', Key: key, ...extra }));
      return (await Body?.transformToString()) ?? '';
    },
    async stop() {
      s3.destroy();
      await server.stop();
    },
  };
}
