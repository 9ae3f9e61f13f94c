import { type Attempt, fieldOf, folderOf, pathOf, request, succeeds, type Verb } from './attempt.ts';

const PNG = { 'content-type': 'image/png' };
const UPSERT = { 'x-upsert': 'true' };

/** Through the REST routes, on current objects. */
export const REST_VERBS = {
  read: (attempt) => succeeds(request(attempt, pathOf('object/authenticated', attempt.from))),
  readEither: (attempt) => succeeds(request(attempt, pathOf('object', attempt.from))),
  head: (attempt) => succeeds(request(attempt, pathOf('object/authenticated', attempt.from), { method: 'HEAD' })),
  headEither: (attempt) => succeeds(request(attempt, pathOf('object', attempt.from), { method: 'HEAD' })),
  readPublic: (attempt) => succeeds(request(attempt, pathOf('object/public', attempt.from), { token: '' })),
  info: (attempt) => succeeds(request(attempt, pathOf('object/info/authenticated', attempt.from))),
  infoEither: (attempt) => succeeds(request(attempt, pathOf('object/info', attempt.from))),
  render: (attempt) => succeeds(request(attempt, `${pathOf('render/image/authenticated', attempt.from)}?width=2`)),
  sign: async (attempt) => {
    const path = await signedPath(attempt, {});
    return path !== null && (await succeeds(request(attempt, path, { token: '' })));
  },
  signPicture: async (attempt) => {
    const path = await signedPath(attempt, { transform: { width: 2 } });
    return path !== null && (await succeeds(request(attempt, path, { token: '' })));
  },
  signMany: async (attempt) => {
    const { bucket, key } = attempt.from;
    const answer = await request(attempt, `/object/sign/${bucket}`, { method: 'POST', json: { expiresIn: 60, paths: [key] } });
    return answer.ok && !(await answer.text()).includes('"signedURL":null');
  },
  list: (attempt) => lists(attempt, 'list', { prefix: folderOf(attempt.from.key) }),
  listV2: (attempt) => lists(attempt, 'list-v2', { prefix: folderOf(attempt.from.key), with_delimiter: true }),
  listV2Flat: (attempt) => lists(attempt, 'list-v2', {}),
  upload: (attempt) => succeeds(upload(attempt, 'POST')),
  uploadForm: (attempt) => {
    const body = new FormData();
    body.set('', new Blob([new Uint8Array(attempt.bench.picture)], { type: 'image/png' }), 'picture.png');
    return succeeds(request(attempt, pathOf('object', attempt.to), { method: 'POST', body }));
  },
  upsert: (attempt) => succeeds(upload(attempt, 'POST', UPSERT)),
  replace: (attempt) => succeeds(upload({ ...attempt, to: attempt.from }, 'PUT')),
  signUpload: async (attempt) => uploadsWithLink(attempt, {}),
  signUpsert: async (attempt) => uploadsWithLink(attempt, UPSERT),
  copy: (attempt) => succeeds(transfer(attempt, 'copy')),
  copyUpsert: (attempt) => succeeds(transfer(attempt, 'copy', UPSERT)),
  move: (attempt) => succeeds(transfer(attempt, 'move')),
  delete: (attempt) => succeeds(request(attempt, pathOf('object', attempt.from), { method: 'DELETE' })),
  deleteMany: async (attempt) => {
    const { bucket, key } = attempt.from;
    const answer = await request(attempt, `/object/${bucket}`, { method: 'DELETE', json: { prefixes: [key] } });
    return answer.ok && (await answer.text()) !== '[]';
  },
} satisfies Record<string, Verb>;

function signedPath(attempt: Attempt, extra: object): Promise<string | null> {
  const json = { expiresIn: 60, ...extra };
  return fieldOf(request(attempt, pathOf('object/sign', attempt.from), { method: 'POST', json }), 'signedURL');
}

async function lists(attempt: Attempt, route: string, body: object): Promise<boolean> {
  const { bucket, key } = attempt.from;
  const answer = await request(attempt, `/object/${route}/${bucket}`, { method: 'POST', json: body });
  const found: unknown = await answer.json();
  return answer.ok && namesIn(found).some((name) => key === name || key === `${folderOf(key)}${name}`);
}

function namesIn(found: unknown): readonly string[] {
  const entries: unknown = typeof found === 'object' && found !== null && 'objects' in found ? found.objects : found;
  return Array.isArray(entries) ? entries.map((entry: { name: string }) => entry.name) : [];
}

function upload(attempt: Attempt, method: string, headers: Record<string, string> = {}): Promise<Response> {
  return request(attempt, pathOf('object', attempt.to), { method, body: attempt.bench.picture, headers: { ...PNG, ...headers } });
}

async function uploadsWithLink(attempt: Attempt, headers: Record<string, string>): Promise<boolean> {
  const url = await fieldOf(request(attempt, pathOf('object/upload/sign', attempt.to), { method: 'POST', headers }), 'url');
  if (url === null) return false;
  return succeeds(request(attempt, url, { method: 'PUT', body: attempt.bench.picture, headers: PNG, token: '' }));
}

function transfer(attempt: Attempt, route: 'copy' | 'move', headers: Record<string, string> = {}): Promise<Response> {
  const { from, to } = attempt;
  const json = { bucketId: from.bucket, sourceKey: from.key, destinationBucket: to.bucket, destinationKey: to.key };
  return request(attempt, `/object/${route}`, { method: 'POST', json, headers });
}
