import { type JsonReceiver, type ReceivedRequest, type ReceiverAnswer, startJsonReceiver } from '../harness/json-receiver.ts';

/** What a fake was told to forget. */
export interface FakeCdn extends JsonReceiver {
  readonly purged: readonly string[];
}

/** A fake of purging by tag at Cloudflare's API v4, after its documentation: at most 100 tags, an envelope with `success`. */
export async function startFakeCloudflare({ zone, token }: { readonly zone: string; readonly token: string }): Promise<FakeCdn> {
  const purged: string[] = [];
  const receiver = await startJsonReceiver((request) => {
    if (request.headers.authorization !== `Bearer ${token}`) return refuse(403, 10_000, 'Authentication error');
    if (request.method !== 'POST' || request.path !== `/client/v4/zones/${zone}/purge_cache`) return refuse(404, 7003, 'Could not route');
    const tags = textsOf(request, 'tags');
    if (tags === null || tags.length === 0 || tags.length > 100) return refuse(400, 1012, 'Request must contain at most 100 tags');
    purged.push(...tags);
    return json(200, { success: true, errors: [], messages: [], result: { id: zone } });
  });
  return { ...receiver, purged };
}

/** A fake of purging surrogate keys at Fastly's API, after its documentation: at most 256 keys, an answer with an id for each. */
export async function startFakeFastly({ service, token }: { readonly service: string; readonly token: string }): Promise<FakeCdn> {
  const purged: string[] = [];
  const receiver = await startJsonReceiver((request) => {
    if (request.headers['fastly-key'] !== token) return json(401, { msg: 'Provided credentials are missing or invalid' });
    if (request.method !== 'POST' || request.path !== `/service/${service}/purge`) return json(404, { msg: 'Record not found' });
    const keys = textsOf(request, 'surrogate_keys');
    if (keys === null || keys.length === 0 || keys.length > 256) return json(400, { msg: 'Bad request' });
    purged.push(...keys);
    return json(200, Object.fromEntries(keys.map((key, at) => [key, `1-${at}`])));
  });
  return { ...receiver, purged };
}

function refuse(status: number, code: number, message: string): ReceiverAnswer {
  return json(status, { success: false, errors: [{ code, message }], messages: [], result: null });
}

function textsOf({ body }: ReceivedRequest, field: string): readonly string[] | null {
  try {
    const value: unknown = JSON.parse(body);
    const list: unknown = typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === field)?.[1] : null;
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : null;
  } catch {
    return null;
  }
}

function json(status: number, value: unknown): ReceiverAnswer {
  return { status, body: JSON.stringify(value), headers: { 'content-type': 'application/json' } };
}
