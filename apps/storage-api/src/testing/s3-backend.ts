import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, ListMultipartUploadsCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import type { S3StoreSettings } from '../blobs/s3/settings.ts';
import { KEY_PAIR, s3Client, TEST_S3 } from './s3.ts';
import { startTestServer } from './server.ts';

export interface S3Backend {
  readonly settings: S3StoreSettings;
  /** The official client on the same bucket, which may look at everything. */
  readonly client: S3Client;
  keysUnder(prefix: string): Promise<readonly string[]>;
  uploadsUnder(prefix: string): Promise<number>;
  stop(): Promise<void>;
}

/** Small enough that uploads of a test are sent in parts, large enough for what S3 takes for one. */
export const PART_BYTES = 5 * 1024 * 1024;

/** Another S3 to keep bytes in than ours: SUPASTOR_TEST_S3_URL, with SUPASTOR_TEST_S3_KEY and SUPASTOR_TEST_S3_SECRET. */
const FOREIGN_URL = process.env['SUPASTOR_TEST_S3_URL'];

/** A real S3 with a new bucket to keep bytes in: what the environment names, or else a server of ours with its own Postgres and disk. */
export async function startS3Backend(): Promise<S3Backend> {
  if (FOREIGN_URL !== undefined) return openForeign(FOREIGN_URL);
  const server = await startTestServer({ s3: TEST_S3 });
  const settings = settingsOf({ endpoint: `${server.url}/s3`, bucket: 'bytes', ...KEY_PAIR, spoolDirectory: `${server.storePath}/spool` });
  return openBackend(settings, () => server.stop());
}

async function openForeign(endpoint: string): Promise<S3Backend> {
  const disk = await createTempDir('foreign-s3');
  const settings = settingsOf({
    endpoint,
    bucket: `bytes-${randomUUID()}`,
    accessKeyId: process.env['SUPASTOR_TEST_S3_KEY'] ?? '',
    secret: process.env['SUPASTOR_TEST_S3_SECRET'] ?? '',
    spoolDirectory: `${disk.path}/spool`,
  });
  return openBackend(settings, () => disk.remove());
}

interface Place {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secret: string;
  readonly spoolDirectory: string;
}

async function openBackend(settings: S3StoreSettings, stop: () => Promise<void>): Promise<S3Backend> {
  const { bucket: Bucket, endpoint = '', credentials } = settings;
  const client = s3Client(endpoint, { credentials: { ...credentials, sessionToken: '' } });
  await client.send(new CreateBucketCommand({ Bucket }));
  return {
    settings,
    client,
    async keysUnder(Prefix) {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
      return Contents.map(({ Key = '' }) => Key);
    },
    async uploadsUnder(Prefix) {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
      return Uploads.length;
    },
    async stop() {
      client.destroy();
      await stop();
    },
  };
}

function settingsOf({ endpoint, bucket, accessKeyId, secret, spoolDirectory }: Place): S3StoreSettings {
  return {
    bucket,
    prefix: 'project/',
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey: secret, sessionToken: undefined },
    maxSockets: 50,
    timeoutMs: 10_000,
    partBytes: PART_BYTES,
    spoolDirectory,
  };
}
