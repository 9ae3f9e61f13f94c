import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Canaries, Find } from './canaries.ts';
import type { StackAccess } from './stack.ts';

/** Requests that carry secrets, right and wrong, in headers, queries and bodies. Paths are names and may be seen: no client puts secrets there. */
export class CanaryTraffic {
  readonly #access: StackAccess;
  readonly #canaries: Canaries;
  /** Secrets in answers that say no, and how many of those there were. */
  readonly finds: Find[] = [];
  refusals = 0;

  constructor(access: StackAccess, canaries: Canaries) {
    this.#access = access;
    this.#canaries = canaries;
  }

  /** Sends, and looks through the answer unless it is a success, which may hold what was asked for. */
  async send(url: string, init: RequestInit = {}): Promise<{ status: number; headers: Headers; text: string }> {
    const response = await fetch(url, { redirect: 'manual', ...init });
    const text = await response.text();
    const shown = `${init.method ?? 'GET'} ${new URL(url).pathname}: ${response.status}`;
    if (response.status >= 400) {
      this.refusals += 1;
      this.finds.push(...this.#canaries.search(shown, `${text}\n${JSON.stringify([...response.headers])}`));
    }
    return { status: response.status, headers: response.headers, text };
  }

  async storage(): Promise<void> {
    const { STORAGE_URL: base, SERVICE_ROLE_KEY: key, JWT_SECRET: jwtSecret } = this.#access;
    const auth = { authorization: `Bearer ${key}` };
    const json = { ...auth, 'content-type': 'application/json' };
    const post = (path: string, body: unknown, headers: Record<string, string> = json) =>
      this.send(`${base}${path}`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
    await post('/bucket', { name: 'files' });
    await post('/object/files/doc', 'text', { ...auth, 'content-type': 'text/plain' });
    const link = JSON.parse((await post('/object/sign/files/doc', { expiresIn: 600 })).text).signedURL;
    const upload = JSON.parse((await post('/object/upload/sign/files/new', {})).text).token;
    this.#canaries.add('signed link', new URL(link, base).searchParams.get('token') ?? '');
    this.#canaries.add('upload link', upload);
    const token = new URL(link, base).searchParams.get('token') ?? '';
    await this.send(`${base}${link}`);
    for (const path of [
      'sign/files/other',
      'sign/files/doc/',
      'upload/sign/files/doc',
      'sign/files',
      'public/files/doc',
      'sign/files/%zz',
    ]) {
      await this.send(`${base}/object/${path}?token=${token}`);
      await this.send(`${base}/object/${path}?token=${token}`, { method: 'PUT', body: 'x' });
      await this.send(`${base}/object/${path}?token=${token}x&token=${token}`);
    }
    for (const [name, value] of Object.entries({ key, upload, jwtSecret, token })) {
      for (const authorization of [
        value,
        `Bearer ${value}`,
        `Bearer ${value}x`,
        `Bearer x${value}`,
        `Basic ${btoa(`u:${value}`)}`,
        `Bearer "${value}"`,
      ]) {
        await this.send(`${base}/object/authenticated/files/nothing`, { headers: { authorization } });
        await this.send(`${base}/bucket/nothing`, { headers: { apikey: authorization, cookie: `${name}=${value}` } });
      }
      await post('/bucket', `{"name":${value}}`);
      await post('/bucket', `{"name":"a","token":"${value}"`);
      await post('/bucket', { name: { password: value } });
      await post('/object/list/files', { prefix: '', limit: value });
      await post('/object/copy', { bucketId: 'files', sourceKey: 'doc', destinationKey: { secret: value } });
      await this.send(`${base}/object/sign/files/doc?token=${encodeURIComponent(value)}`);
      await this.send(`${base}/render/image/sign/files/doc?token=${encodeURIComponent(value)}`);
      await this.send(`${base}/upload/resumable`, {
        method: 'POST',
        headers: { 'tus-resumable': '1.0.0', 'upload-length': '1', authorization: value },
      });
      await this.send(`${base}/upload/resumable/sign`, {
        method: 'POST',
        headers: {
          'tus-resumable': '1.0.0',
          'upload-length': '1',
          'x-signature': `${value}x`,
          'upload-metadata': 'bucketName ZmlsZXM=,objectName bmV3',
        },
      });
      await this.send(`${base}/upload/resumable/x?token=${value}`, { method: 'PATCH', headers: { 'tus-resumable': '1.0.0', ...auth } });
    }
    await this.s3();
  }

  async s3(): Promise<void> {
    const {
      STORAGE_S3_URL: endpoint,
      S3_PROTOCOL_ACCESS_KEY_ID: accessKeyId,
      S3_PROTOCOL_ACCESS_KEY_SECRET: secret,
      SERVICE_ROLE_KEY,
      ANON_KEY,
    } = this.#access;
    const attempts = [
      { accessKeyId, secretAccessKey: secret },
      { accessKeyId, secretAccessKey: `${secret}x` },
      { accessKeyId: 'NOSUCHKEY', secretAccessKey: secret },
      { accessKeyId: 'stub', secretAccessKey: ANON_KEY, sessionToken: SERVICE_ROLE_KEY },
      { accessKeyId: 'stub', secretAccessKey: ANON_KEY, sessionToken: `${SERVICE_ROLE_KEY}x` },
    ];
    for (const credentials of attempts) {
      const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, maxAttempts: 1, credentials });
      await client.send(new ListBucketsCommand({})).catch(() => undefined);
      await client.send(new PutObjectCommand({ Bucket: 'files', Key: 's3', Body: 'x' })).catch(() => undefined);
      const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: 'files', Key: 'doc' }));
      client.destroy();
      const signature = new URL(url).searchParams.get('X-Amz-Signature') ?? '';
      this.#canaries.add(`presigned ${credentials.accessKeyId} ${credentials.secretAccessKey.length}`, signature);
      await this.send(url);
      await this.send(url.replace('/doc?', '/absent?'));
      await this.send(`${url}&x=${secret}`, { headers: { authorization: `AWS ${accessKeyId}:${secret}` } });
    }
  }

  async admin(): Promise<void> {
    const { ADMIN_URL, ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = this.#access;
    const base = `${ADMIN_URL}/api/v1`;
    const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      this.send(`${base}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    for (const body of [
      { email: 'nobody@example.com', password },
      { email, password: `${password}x` },
      { email: password, password },
      { email, password: [password] },
      { email, password: { password } },
      { email, password, extra: password },
      `{"email":"${email}","password":${password}}`,
      `{"email":"${email}","password":"${password}"`,
      `password=${password}`,
      [password],
    ]) {
      await post('/session', body);
    }
    await post('/session', `email=${email}&password=${password}`, { 'content-type': 'application/x-www-form-urlencoded' });
    const signedIn = await post('/session', { email, password });
    const { token, refreshToken }: { token: string; refreshToken?: string } = JSON.parse(signedIn.text);
    this.#canaries.add('bearer token', token);
    if (refreshToken !== undefined) this.#canaries.add('refresh token', refreshToken);
    for (const [at, cookie] of signedIn.headers.getSetCookie().entries()) this.#canaries.add(`cookie ${at}`, valueOf(cookie));
    const auth = { authorization: `Bearer ${token}` };
    const key = JSON.parse((await post('/api-keys', { name: 'ci', permissions: ['buckets:read'] }, auth)).text);
    this.#addStrings('API key', key, /secret|key/i);
    this.#addStrings('S3 key', JSON.parse((await post('/s3-keys', { name: 'tool', verbs: ['read'] }, auth)).text), /secret/i);
    this.#addStrings(
      'invitation',
      JSON.parse((await post('/users', { email: 'new@example.com', role: 'viewer' }, auth)).text),
      /link|token|url/i,
    );
    this.#addStrings('second factor', JSON.parse((await post('/account/second-factor', { password }, auth)).text), /secret/i);
    for (const value of [password, token, refreshToken ?? token]) {
      for (const authorization of [value, `Bearer ${value}x`, `Basic ${btoa(`${email}:${value}`)}`]) {
        await this.send(`${base}/buckets`, { headers: { authorization } });
        await this.send(`${base}/buckets`, { headers: { 'x-api-key': value, cookie: `session=${value}; supastor_session=${value}` } });
      }
      await this.send(`${base}/buckets?token=${value}&password=${value}`, { headers: auth });
      await this.send(`${ADMIN_URL}/api/v1/nowhere?token=${value}`);
      await this.send(`${ADMIN_URL}/api/v1/buckets/%zz?token=${value}`, { headers: auth });
      await post('/session/refresh', { refreshToken: `${value}x` });
      await post('/account/password', { current: value, next: 'short' }, auth);
      await post('/account/password', `{"current":${value}`, auth);
      await post('/graphql', { query: `mutation { sessionLogin(email: "${email}", password: "${value}x") { token } }` }, auth);
      await post('/graphql', { query: `{ nothing(password: "${value}") }`, variables: { password: value } }, auth);
      await post('/graphql', { query: `{ broken "${value}"` }, auth);
      await post('/graphql', `{"query":${value}}`, auth);
      await post('/policies/simulate', { verb: 'read', bucket: 'files', path: 'a', token: `${value}x` }, auth);
      await post('/batch', { operations: [{ operation: 'session.login', input: { email, password: `${value}x` } }] }, auth);
    }
  }

  /** Texts in an answer under names that sound like secrets. */
  #addStrings(name: string, value: unknown, wanted: RegExp): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'string' && wanted.test(key) && inner.length >= 16 && !/id$/i.test(key)) {
        this.#canaries.add(`${name} ${key}`, /^https?:/.test(inner) ? inner.slice(inner.search(/[^/=#?&]+$/)) : inner);
      } else this.#addStrings(name, inner, wanted);
    }
  }
}

function valueOf(cookie: string): string {
  return cookie.slice(cookie.indexOf('=') + 1).split(';', 1)[0] ?? '';
}
