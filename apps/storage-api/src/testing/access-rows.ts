import type { RawRequest } from '@supastor/testkit/fuzz/raw-http';
import { OWNER_ID, OWNER_TOKEN, type Stage } from './stage.ts';
import { PART_TYPE, tusMetadata } from './tus.ts';

/** What a request of the table may need; each call makes something new, so that requests do not meet. */
export class Props {
  readonly stage: Stage;
  #last = 0;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  name(): string {
    this.#last += 1;
    return `n${this.#last}`;
  }

  /** Key of a new object in the owner's folder. */
  async object(): Promise<string> {
    const key = `${OWNER_ID}/${this.name()}.txt`;
    await this.stage.put('priv', key);
    return key;
  }

  async bucket(): Promise<string> {
    const name = `b-${this.name()}`;
    const { error } = await this.stage.server.client().createBucket(name);
    if (error !== null) throw error;
    await this.asService('PUT', `/bucket/${name}/lifecycle`, RULES);
    return name;
  }

  /** Token of a link to an object, or to a picture of it. */
  async link(key: string, transform?: { readonly width: number }): Promise<string> {
    const options = transform === undefined ? {} : { transform };
    const { data } = await this.stage.server.client().from('priv').createSignedUrl(key, 600, options);
    return new URL(data?.signedUrl ?? 'http://x').searchParams.get('token') ?? '';
  }

  /** Query of a link to a zip of the owner's folder. */
  async archive(): Promise<string> {
    const answer = await this.asService('POST', '/archive/priv', { prefix: `${OWNER_ID}/`, expiresIn: 600 });
    return /\?([^"]+)"/.exec(answer)?.[1] ?? '';
  }

  /** Token of a link to upload with. */
  async grant(key: string): Promise<string> {
    const { data } = await this.stage.server.client().from('priv').createSignedUploadUrl(key, { upsert: true });
    return data?.token ?? '';
  }

  async accessKey(): Promise<string> {
    const answer = await this.asService('POST', '/s3-keys', { name: 'k', verbs: ['read'] });
    return /"accessKeyId":"(\w+)"/.exec(answer)?.[1] ?? '';
  }

  async webhook(): Promise<string> {
    const answer = await this.asService('POST', '/webhooks', { name: this.name(), url: 'https://hooks.example.org', active: false });
    return /"id":"([\w-]+)"/.exec(answer)?.[1] ?? '';
  }

  /** Subject of a quota for buckets. */
  async quota(): Promise<string> {
    const subject = this.name();
    await this.asService('PUT', `/quotas/bucket/${subject}`, {});
    return subject;
  }

  async run(): Promise<string> {
    const answer = await this.asService('GET', '/maintenance/runs');
    return /"id":"([\w-]+)"/.exec(answer)?.[1] ?? '';
  }

  /** Of some object. */
  async version(): Promise<string> {
    const [row] = await this.stage.server.sql('select version from storage.objects where version is not null limit 1');
    return String(row?.['version']);
  }

  /** Begins an upload in parts as the owner; returns its id. */
  async beginParts(path: string): Promise<string> {
    const { text } = await this.stage.signed({ method: 'POST', path, query: { uploads: '' } }, 'owner');
    return /<UploadId>(.+)<\/UploadId>/.exec(text)?.[1] ?? '';
  }

  /** Sends the only part of an upload as the owner; returns its entity tag. */
  async sendPart(path: string, uploadId: string): Promise<string> {
    const { headers } = await this.stage.signed({ method: 'PUT', path, query: { partNumber: '1', uploadId }, body: 'x' }, 'owner');
    return String(headers['etag']);
  }

  async asService(method: string, path: string, body?: unknown): Promise<string> {
    const init = body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_TYPE };
    return (await this.stage.server.fetch(path, { method, ...init })).text();
  }
}

type Row = (props: Props) => RawRequest | Promise<RawRequest>;

const JSON_TYPE = { 'content-type': 'application/json' };
const TUS = { 'tus-resumable': '1.0.0' };
export const RULES = { rules: [{ id: 'r', status: 'Disabled', filter: {}, expiration: { days: 9 } }] };
/** Made before the table is asked. */
export const FIXED = { text: `${OWNER_ID}/a.txt`, picture: `${OWNER_ID}/p.png` } as const;

const get = (path: string): RawRequest => ({ method: 'GET', path });
const send = (method: string, path: string, body?: unknown): RawRequest =>
  body === undefined ? { method, path } : { method, path, headers: JSON_TYPE, body: JSON.stringify(body) };
const bytes = (method: string, path: string): RawRequest => ({ method, path, headers: { 'content-type': 'text/plain' }, body: 'bytes' });
const part = { ...TUS, 'content-type': PART_TYPE, 'upload-offset': '0' };
const create = (key: string) => ({ ...TUS, 'upload-length': '5', 'upload-metadata': tusMetadata({ bucketName: 'priv', objectName: key }) });

async function ownUpload(props: Props, method: string, headers: Readonly<Record<string, string>>, body?: string): Promise<RawRequest> {
  const id = await props.stage.beginUpload(OWNER_TOKEN, `${OWNER_ID}/${props.name()}`);
  return { method, path: `/upload/resumable/${id}`, headers, ...(body === undefined ? {} : { body }) };
}

async function signedUpload(props: Props, method: string, headers: Readonly<Record<string, string>>, body?: string): Promise<RawRequest> {
  const key = props.name();
  const signature = await props.grant(key);
  const id = await props.stage.beginUpload({ signature }, key);
  return {
    method,
    path: `/upload/resumable/sign/${id}`,
    headers: { ...headers, 'x-signature': signature },
    ...(body === undefined ? {} : { body }),
  };
}

const absent = (feature: string) =>
  Object.fromEntries(
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method): [string, Row][] => [
      [`${method} /${feature}`, () => send(method, `/${feature}`)],
      [`${method} /${feature}/{wildcard}`, () => send(method, `/${feature}/x`)],
    ]),
  );

/** One request for each operation of the document, about what belongs to the owner. HEAD asks what GET asks. */
export const ACCESS_ROWS: Readonly<Record<string, Row>> = {
  'POST /bucket': (props) => send('POST', '/bucket', { name: `b-${props.name()}` }),
  'GET /bucket': () => get('/bucket'),
  'GET /bucket/{bucketId}': () => get('/bucket/priv'),
  'PUT /bucket/{bucketId}': () => send('PUT', '/bucket/priv', { public: false }),
  'POST /bucket/{bucketId}/empty': async (props) => send('POST', `/bucket/${await props.bucket()}/empty`, {}),
  'DELETE /bucket/{bucketId}': async (props) => send('DELETE', `/bucket/${await props.bucket()}`),
  'GET /bucket/{bucketId}/lifecycle': () => get('/bucket/priv/lifecycle'),
  'PUT /bucket/{bucketId}/lifecycle': () => send('PUT', '/bucket/priv/lifecycle', RULES),
  'DELETE /bucket/{bucketId}/lifecycle': async (props) => send('DELETE', `/bucket/${await props.bucket()}/lifecycle`),
  'POST /bucket/{bucketId}/lifecycle/preview': () => send('POST', '/bucket/priv/lifecycle/preview', { configuration: RULES }),

  'POST /object/list/{bucketName}': () => send('POST', '/object/list/priv', { prefix: OWNER_ID }),
  'POST /object/list-v2/{bucketName}': () => send('POST', '/object/list-v2/priv', { prefix: `${OWNER_ID}/` }),
  'POST /object/copy': (props) =>
    send('POST', '/object/copy', { bucketId: 'priv', sourceKey: FIXED.text, destinationKey: `${OWNER_ID}/${props.name()}` }),
  'POST /object/move': async (props) =>
    send('POST', '/object/move', { bucketId: 'priv', sourceKey: await props.object(), destinationKey: `${OWNER_ID}/${props.name()}` }),
  'DELETE /object/{bucketName}/{wildcard}': async (props) => send('DELETE', `/object/priv/${await props.object()}`),
  'DELETE /object/{bucketName}': async (props) => send('DELETE', '/object/priv', { prefixes: [await props.object()] }),
  'POST /object/sign/{bucketName}/{wildcard}': () => send('POST', `/object/sign/priv/${FIXED.text}`, { expiresIn: 60 }),
  'POST /object/sign/{bucketName}': () => send('POST', '/object/sign/priv', { expiresIn: 60, paths: [FIXED.text] }),
  'POST /archive/{bucketName}': () => send('POST', '/archive/priv', { prefix: `${OWNER_ID}/`, expiresIn: 60 }),
  'GET /archive/{bucketName}': async (props) => get(`/archive/priv?${await props.archive()}`),
  'POST /object/upload/sign/{bucketName}/{wildcard}': (props) => send('POST', `/object/upload/sign/priv/${OWNER_ID}/${props.name()}`),
  'GET /object/public/{bucketName}/{wildcard}': () => get('/object/public/pub/a.txt'),
  'GET /object/public/{bucketName}/{wildcard} (private)': () => get(`/object/public/priv/${FIXED.text}`),
  'GET /object/authenticated/{bucketName}/{wildcard}': () => get(`/object/authenticated/priv/${FIXED.text}`),
  'GET /object/authenticated/{bucketName}/{wildcard} (public)': () => get('/object/authenticated/pub/a.txt'),
  'GET /object/{bucketName}/{wildcard}': () => get(`/object/priv/${FIXED.text}`),
  'GET /object/{bucketName}/{wildcard} (public)': () => get('/object/pub/a.txt'),
  'GET /object/sign/{bucketName}/{wildcard}': async (props) => get(`/object/sign/priv/${FIXED.text}?token=${await props.link(FIXED.text)}`),
  'GET /object/sign/{bucketName}/{wildcard} (of another)': async (props) =>
    get(`/object/sign/priv/${FIXED.picture}?token=${await props.link(FIXED.text)}`),
  'GET /object/info/public/{bucketName}/{wildcard}': () => get('/object/info/public/pub/a.txt'),
  'GET /object/info/authenticated/{bucketName}/{wildcard}': () => get(`/object/info/authenticated/priv/${FIXED.text}`),
  'GET /object/info/{bucketName}/{wildcard}': () => get(`/object/info/priv/${FIXED.text}`),
  'POST /object/{bucketName}/{wildcard}': (props) => bytes('POST', `/object/priv/${OWNER_ID}/${props.name()}`),
  'PUT /object/{bucketName}/{wildcard}': async (props) => bytes('PUT', `/object/priv/${await props.object()}`),
  'PUT /object/upload/sign/{bucketName}/{wildcard}': async (props) => {
    const key = props.name();
    return bytes('PUT', `/object/upload/sign/priv/${key}?token=${await props.grant(key)}`);
  },

  'GET /render/image/public/{bucketName}/{wildcard}': () => get('/render/image/public/pub/p.png?width=4'),
  'GET /render/image/public/{bucketName}/{wildcard} (private)': () => get(`/render/image/public/priv/${FIXED.picture}?width=4`),
  'GET /render/image/authenticated/{bucketName}/{wildcard}': () => get(`/render/image/authenticated/priv/${FIXED.picture}?width=4`),
  'GET /render/image/sign/{bucketName}/{wildcard}': async (props) =>
    get(`/render/image/sign/priv/${FIXED.picture}?token=${await props.link(FIXED.picture, { width: 4 })}`),

  'POST /upload/resumable': (props) => ({ method: 'POST', path: '/upload/resumable', headers: create(`${OWNER_ID}/${props.name()}`) }),
  'PATCH /upload/resumable': () => ({ method: 'PATCH', path: '/upload/resumable', headers: part, body: 'bytes' }),
  'DELETE /upload/resumable': () => ({ method: 'DELETE', path: '/upload/resumable', headers: TUS }),
  'HEAD /upload/resumable': () => ({ method: 'HEAD', path: '/upload/resumable', headers: TUS }),
  'OPTIONS /upload/resumable': () => ({ method: 'OPTIONS', path: '/upload/resumable', headers: TUS }),
  'POST /upload/resumable/{uploadId}': (props) => ownUpload(props, 'POST', { ...part, 'x-http-method-override': 'PATCH' }, 'bytes'),
  'PATCH /upload/resumable/{uploadId}': (props) => ownUpload(props, 'PATCH', part, 'bytes'),
  'DELETE /upload/resumable/{uploadId}': (props) => ownUpload(props, 'DELETE', TUS),
  'HEAD /upload/resumable/{uploadId}': (props) => ownUpload(props, 'HEAD', TUS),
  'OPTIONS /upload/resumable/{uploadId}': (props) => ownUpload(props, 'OPTIONS', TUS),
  'POST /upload/resumable/sign': async (props) => {
    const key = props.name();
    return { method: 'POST', path: '/upload/resumable/sign', headers: { ...create(key), 'x-signature': await props.grant(key) } };
  },
  'POST /upload/resumable/sign (of another)': async (props) => {
    const signature = await props.grant(props.name());
    return { method: 'POST', path: '/upload/resumable/sign', headers: { ...create(props.name()), 'x-signature': signature } };
  },
  'PATCH /upload/resumable/sign': () => ({ method: 'PATCH', path: '/upload/resumable/sign', headers: part, body: 'bytes' }),
  'DELETE /upload/resumable/sign': () => ({ method: 'DELETE', path: '/upload/resumable/sign', headers: TUS }),
  'HEAD /upload/resumable/sign': () => ({ method: 'HEAD', path: '/upload/resumable/sign', headers: TUS }),
  'OPTIONS /upload/resumable/sign': () => ({ method: 'OPTIONS', path: '/upload/resumable/sign', headers: TUS }),
  'POST /upload/resumable/sign/{uploadId}': (props) => signedUpload(props, 'POST', { ...part, 'x-http-method-override': 'PATCH' }, 'bytes'),
  'PATCH /upload/resumable/sign/{uploadId}': (props) => signedUpload(props, 'PATCH', part, 'bytes'),
  'DELETE /upload/resumable/sign/{uploadId}': (props) => signedUpload(props, 'DELETE', TUS),
  'HEAD /upload/resumable/sign/{uploadId}': (props) => signedUpload(props, 'HEAD', TUS),
  'OPTIONS /upload/resumable/sign/{uploadId}': (props) => signedUpload(props, 'OPTIONS', TUS),

  'DELETE /cdn': () => send('DELETE', '/cdn'),
  'DELETE /cdn/{bucketName}': () => send('DELETE', '/cdn/priv'),
  'DELETE /cdn/{bucketName}/{wildcard}': () => send('DELETE', '/cdn/priv/a.txt'),

  'GET /webhooks': () => get('/webhooks'),
  'POST /webhooks': (props) => send('POST', '/webhooks', { name: props.name(), url: 'https://hooks.example.org', active: false }),
  'GET /webhooks/{webhookId}': async (props) => get(`/webhooks/${await props.webhook()}`),
  'PATCH /webhooks/{webhookId}': async (props) => send('PATCH', `/webhooks/${await props.webhook()}`, { prefix: 'a/' }),
  'POST /webhooks/{webhookId}/rotate-secret': async (props) => send('POST', `/webhooks/${await props.webhook()}/rotate-secret`, {}),
  'POST /webhooks/{webhookId}/test': async (props) => send('POST', `/webhooks/${await props.webhook()}/test`, {}),
  'DELETE /webhooks/{webhookId}': async (props) => send('DELETE', `/webhooks/${await props.webhook()}`),
  'GET /webhook-deliveries': () => get('/webhook-deliveries'),
  'POST /webhook-deliveries/replay': () => send('POST', '/webhook-deliveries/replay', { ids: ['1'] }),
  'GET /quotas': () => get('/quotas'),
  'PUT /quotas/{kind}/{subject}': async (props) => send('PUT', `/quotas/bucket/${await props.quota()}`, { maxBytes: 1000 }),
  'DELETE /quotas/{kind}/{subject}': async (props) => send('DELETE', `/quotas/bucket/${await props.quota()}`),
  'GET /links': () => get('/links'),
  'POST /links/revoke': (props) => send('POST', '/links/revoke', { bucket: props.name() }),
  'GET /s3-keys': () => get('/s3-keys'),
  'POST /s3-keys': (props) => send('POST', '/s3-keys', { name: props.name(), verbs: ['read'] }),
  'GET /s3-keys/{accessKeyId}': async (props) => get(`/s3-keys/${await props.accessKey()}`),
  'PATCH /s3-keys/{accessKeyId}': async (props) => send('PATCH', `/s3-keys/${await props.accessKey()}`, { enabled: false }),
  'POST /s3-keys/{accessKeyId}/rotate': async (props) => send('POST', `/s3-keys/${await props.accessKey()}/rotate`, {}),
  'DELETE /s3-keys/{accessKeyId}': async (props) => send('DELETE', `/s3-keys/${await props.accessKey()}`),

  'POST /maintenance/scan': () => send('POST', '/maintenance/scan', { graceSeconds: 2_000_000 }),
  'POST /maintenance/import': () => send('POST', '/maintenance/import', {}),
  'POST /maintenance/scrub': () => send('POST', '/maintenance/scrub', { onlyDamaged: true }),
  'GET /maintenance/runs': () => get('/maintenance/runs'),
  'GET /maintenance/runs/{id}': async (props) => get(`/maintenance/runs/${await props.run()}`),
  'POST /maintenance/runs/{id}/cancel': async (props) => send('POST', `/maintenance/runs/${await props.run()}/cancel`),
  'GET /maintenance/adopted': () => get('/maintenance/adopted'),
  'GET /maintenance/blobs/{version}': async (props) => get(`/maintenance/blobs/${await props.version()}`),
  'GET /maintenance/damaged': () => get('/maintenance/damaged'),
  'GET /maintenance/quarantine': () => get('/maintenance/quarantine'),
  'POST /maintenance/quarantine/restore': () => send('POST', '/maintenance/quarantine/restore', { ids: [OWNER_ID] }),

  'GET /status': () => get('/status'),
  'GET /version': () => get('/version'),
  'GET /health': () => get('/health'),
  'GET /health/live': () => get('/health/live'),
  'GET /health/ready': () => get('/health/ready'),
  'GET /metrics': () => get('/metrics'),
  'GET /documentation/json': () => get('/documentation/json'),
  ...absent('vector'),
  ...absent('iceberg'),
};
