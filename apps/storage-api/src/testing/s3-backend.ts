import { CreateBucketCommand } from '@aws-sdk/client-s3';
import type { S3StoreSettings } from '../blobs/s3/settings.ts';
import { KEY_PAIR, s3Client, TEST_S3 } from './s3.ts';
import { startTestServer, type TestServer } from './server.ts';

export interface S3Backend {
  readonly server: TestServer;
  readonly settings: S3StoreSettings;
  stop(): Promise<void>;
}

/** Small enough that uploads of a test are sent in parts, large enough for what S3 takes for one. */
export const PART_BYTES = 5 * 1024 * 1024;

/** A real S3 to keep bytes in: a server of ours with its own Postgres and disk. */
export async function startS3Backend(): Promise<S3Backend> {
  const server = await startTestServer({ s3: TEST_S3 });
  const endpoint = `${server.url}/s3`;
  const client = s3Client(endpoint);
  await client.send(new CreateBucketCommand({ Bucket: 'bytes' }));
  client.destroy();
  return { server, settings: backendSettings(endpoint, `${server.storePath}/spool`), stop: () => server.stop() };
}

function backendSettings(endpoint: string, spoolDirectory: string): S3StoreSettings {
  return {
    bucket: 'bytes',
    prefix: 'project/',
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: KEY_PAIR.accessKeyId, secretAccessKey: KEY_PAIR.secret, sessionToken: undefined },
    maxSockets: 50,
    timeoutMs: 10_000,
    partBytes: PART_BYTES,
    spoolDirectory,
  };
}
