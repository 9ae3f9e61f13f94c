import type { ObjectAddress } from '../../objects/copy-object.ts';
import { SERVICE_TOKEN } from '../server.ts';
import { PART_TYPE, tusFetch, tusMetadata } from '../tus.ts';
import { type Attempt, fieldOf, pathOf, request, type Verb } from './attempt.ts';

const UPSERT = { 'x-upsert': 'true' };

/** Resumable uploads. */
export const TUS_VERBS = {
  tusCreate: async (attempt) => (await create(attempt)) !== null,
  tusUpload: async (attempt) => {
    const location = await create(attempt);
    return location !== null && (await finish(attempt, location));
  },
  tusUpsert: async (attempt) => {
    const location = await create(attempt, { headers: UPSERT });
    return location !== null && (await finish(attempt, location));
  },
  tusDelete: async (attempt) => {
    const location = await create(attempt);
    return location !== null && isDone(await tusFetch(location, { method: 'DELETE', token: attempt.token }));
  },
  tusSigned: async (attempt) => {
    const token = await fieldOf(request(attempt, pathOf('object/upload/sign', attempt.to), { method: 'POST' }), 'token');
    if (token === null) return false;
    const signed = { token: '', headers: { 'x-signature': token } };
    const location = await create(attempt, { ...signed, door: 'upload/resumable/sign' });
    return location !== null && (await finish(attempt, location, signed));
  },
  tusContinueOthers: async (attempt) => {
    const location = await create(attempt, { token: SERVICE_TOKEN });
    return location !== null && (await finish(attempt, location));
  },
  tusEndOthers: async (attempt) => {
    const location = await create(attempt, { token: SERVICE_TOKEN });
    return location !== null && isDone(await tusFetch(location, { method: 'DELETE', token: attempt.token }));
  },
  /** The offset is open to everyone who knows the address. */
  tusOffset: async (attempt) => {
    const location = await create(attempt, { token: SERVICE_TOKEN });
    return location !== null && isDone(await tusFetch(location, { method: 'HEAD', token: attempt.token }));
  },
} satisfies Record<string, Verb>;

interface Creation {
  readonly token?: string;
  readonly door?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function create(attempt: Attempt, { token = attempt.token, door = 'upload/resumable', headers = {} }: Creation = {}) {
  const { bench, to } = attempt;
  const own = { 'upload-length': String(bench.picture.length), 'upload-metadata': metadataOf(to) };
  const response = await tusFetch(`${bench.server.url}/${door}`, { token, headers: { ...own, ...headers } });
  return isDone(response) ? response.headers.get('location') : null;
}

async function finish({ bench, token: own }: Attempt, location: string, { token = own, headers = {} }: Creation = {}): Promise<boolean> {
  const part = { 'content-type': PART_TYPE, 'upload-offset': '0', ...headers };
  return isDone(await tusFetch(location, { method: 'PATCH', token, headers: part, body: new Uint8Array(bench.picture) }));
}

function metadataOf({ bucket, key }: ObjectAddress): string {
  return tusMetadata({ bucketName: bucket, objectName: key, contentType: 'image/png' });
}

function isDone(response: Response): boolean {
  if (response.status >= 500) throw new Error(`${response.url}: ${response.status}`);
  return response.ok;
}
