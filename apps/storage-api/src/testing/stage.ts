import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import type { StorageApiOptions } from '../start.ts';
import { testImageSettings } from './image-settings.ts';
import { type RawAnswer, RawHttp, type RawRequest } from '@supastor/testkit/fuzz/raw-http';
import { startReceiver } from './receiver.ts';
import { ANON_TOKEN, SERVICE_TOKEN, signToken, startTestServer, type TestServer } from './server.ts';
import { KEY_PAIR, s3Client, TEST_S3 } from './s3.ts';
import { createKey } from './s3-keys.ts';
import { type SignInput, signRequest } from './sign-s3.ts';
import { tusMetadata } from './tus.ts';

export const OWNER_ID = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
export const OTHER_ID = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
export const OWNER_TOKEN = signToken({ role: 'authenticated', sub: OWNER_ID });
export const OTHER_TOKEN = signToken({ role: 'authenticated', sub: OTHER_ID });

/** Who may ask, by what a request carries as its token. */
export const IDENTITIES = {
  none: '',
  malformed: 'not.a.token',
  expired: signToken({ role: 'service_role', exp: 1_600_000_000 }),
  anon: ANON_TOKEN,
  owner: OWNER_TOKEN,
  other: OTHER_TOKEN,
  auditor: signToken({ role: 'auditor', sub: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc' }),
  service: SERVICE_TOKEN,
} as const;

export interface S3Identity {
  readonly accessKeyId: string;
  readonly secret: string;
  readonly sessionToken?: string;
}

/** A server with everything switched on, people with folders of their own, and keys. */
export interface Stage {
  readonly server: TestServer;
  readonly http: RawHttp;
  /** Credentials of the S3 door by who has them; null sends no signature. */
  readonly s3: Readonly<Record<string, S3Identity | null>>;
  readonly picture: Buffer;
  /** Begins a resumable upload with a token, or with a link to upload; returns its id. */
  beginUpload(by: string | { readonly signature: string }, key: string): Promise<string>;
  /** Begins an upload in parts over S3; returns its id. */
  beginParts(key: string): Promise<string>;
  /** A request signed by someone, or by one of {@link Stage.s3}. */
  readonly sign: (input: SignInput, by: string | S3Identity) => RawRequest;
  /** Sends it. */
  signed(input: SignInput, by: string | S3Identity): Promise<RawAnswer>;
  /** Writes an object as the service. */
  put(bucket: string, key: string, body?: string | Uint8Array, type?: string): Promise<void>;
  stop(): Promise<void>;
}

/** Users write and see what is in the folder named by their id, in the bucket `priv`; auditors see all of it and change nothing. */
const POLICIES = `
  create role auditor nologin noinherit; grant auditor to supabase_storage_admin;
  grant usage on schema storage to auditor; grant select on storage.objects, storage.buckets to auditor;
  create policy folders on storage.objects for all to authenticated
    using (bucket_id = 'priv' and (storage.foldername(name))[1] = auth.uid()::text)
    with check (bucket_id = 'priv' and (storage.foldername(name))[1] = auth.uid()::text);
  create policy buckets on storage.buckets for select to authenticated using (not starts_with(id, 'hidden-'));
  create policy audit on storage.objects for select to auditor using (true);
  create policy audit_buckets on storage.buckets for select to auditor using (true);`;

export async function startStage(overrides: Partial<StorageApiOptions> = {}): Promise<Stage> {
  const purges = await startReceiver();
  const pictures = await createTempDir('stage-pictures');
  const server = await startTestServer({
    roles: ['anon', 'authenticated', 'service_role', 'auditor'],
    s3: TEST_S3,
    images: testImageSettings(pictures.path),
    cdn: { url: purges.url, bearer: null, tenantId: 'stub' },
    ...overrides,
  });
  await server.sql(POLICIES);
  const http = new RawHttp(server.url);
  const service = s3Client(`${server.url}/s3`);
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'green' } })
    .png()
    .toBuffer();
  await server.client().createBucket('priv');
  await server.client().createBucket('pub', { public: true });
  const s3 = await createS3Identities(server);
  const sign: Stage['sign'] = (input, by) => signAs(server.url, input, typeof by === 'string' ? (s3[by] ?? null) : by);
  return {
    server,
    http,
    s3,
    picture,
    async beginUpload(by, key) {
      const isMember = typeof by === 'string';
      const { headers, status, text } = await http.send({
        method: 'POST',
        path: isMember ? '/upload/resumable' : '/upload/resumable/sign',
        headers: {
          ...(isMember ? { authorization: `Bearer ${by}` } : { 'x-signature': by.signature }),
          'tus-resumable': '1.0.0',
          'upload-length': '10',
          'upload-metadata': tusMetadata({ bucketName: 'priv', objectName: key }),
          'x-upsert': 'true',
        },
      });
      if (status !== 201) throw new Error(`could not begin an upload: ${status} ${text}`);
      return String(headers['location']).split('/').at(-1) ?? '';
    },
    async beginParts(key) {
      const { UploadId } = await service.send(new CreateMultipartUploadCommand({ Bucket: 'priv', Key: key }));
      return UploadId ?? '';
    },
    sign,
    signed: (input, by) => http.send(sign(input, by)),
    async put(bucket, key, body = 'text', type = 'text/plain') {
      const { error } = await server.client().from(bucket).upload(key, Buffer.from(body), { upsert: true, contentType: type });
      if (error !== null) throw error;
    },
    async stop() {
      http.stop();
      service.destroy();
      await server.stop();
      await purges.stop();
      await pictures.remove();
    },
  };
}

function signAs(url: string, input: SignInput, identity: S3Identity | null): RawRequest {
  const { method, path, query = {}, headers = {}, body } = input;
  const content = body === undefined ? {} : { body };
  if (identity === null) {
    const search = new URLSearchParams(query).toString();
    return { method, path: search === '' ? path : `${path}?${search}`, headers, ...content };
  }
  const { accessKeyId, secret, sessionToken } = identity;
  const own: Record<string, string> = sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken };
  const signed = signRequest(url, { ...input, headers: { ...headers, ...own }, accessKeyId, secret });
  return { method, path: signed.url.slice(url.length), headers: signed.headers, ...content };
}

const session = (sessionToken: string): S3Identity => ({ accessKeyId: 'stub', secret: ANON_TOKEN, sessionToken });

async function createS3Identities(server: TestServer): Promise<Stage['s3']> {
  const made = async (wanted: Parameters<typeof createKey>[1]): Promise<S3Identity> => {
    const { key, secretAccessKey } = await createKey(server, wanted);
    return { accessKeyId: key.accessKeyId, secret: secretAccessKey };
  };
  return {
    unsigned: null,
    unknown: { accessKeyId: 'NOSUCHKEY00000000001', secret: 'x' },
    forged: { accessKeyId: KEY_PAIR.accessKeyId, secret: 'not-the-secret' },
    revoked: await made({ name: 'revoked', enabled: false }),
    reader: await made({ name: 'reader', verbs: ['list', 'read'], buckets: ['priv'], prefixes: [`${OWNER_ID}/`] }),
    owner: session(OWNER_TOKEN),
    other: session(OTHER_TOKEN),
    root: { accessKeyId: KEY_PAIR.accessKeyId, secret: KEY_PAIR.secret },
  };
}
