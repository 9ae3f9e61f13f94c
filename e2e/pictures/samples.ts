import { makePng } from '../harness/pictures.ts';
import type { StackAccess } from '../harness/stack.ts';

export const SAMPLE_BUCKET = 'photos';

const TEXT = 'Tram 28 runs every ten minutes from Martim Moniz. Sit on the left for the view.\n';

/** Buckets and objects that make a page look like one in use. */
export async function fillWithSamples(access: StackAccess): Promise<void> {
  await createBucket(access, { name: SAMPLE_BUCKET, public: false });
  await createBucket(access, { name: 'website', public: true, file_size_limit: 5_000_000, allowed_mime_types: ['image/*', 'text/css'] });
  await createBucket(access, { name: 'invoices', public: false, file_size_limit: 20_000_000, allowed_mime_types: ['application/pdf'] });
  await put(access, 'lisbon/tram-28.png', 'image/png', makePng(960, 640, [233, 180, 76]));
  await put(access, 'lisbon/river.png', 'image/png', makePng(1200, 800, [70, 130, 180]));
  await put(access, 'porto/bridge.png', 'image/png', makePng(800, 800, [120, 90, 160]));
  await put(access, 'notes.md', 'text/markdown', Buffer.from(TEXT.repeat(12)));
  await put(access, 'itinerary.csv', 'text/csv', Buffer.from('day,city\n1,Lisbon\n2,Porto\n'));
  await put(access, 'cover.png', 'image/png', makePng(1600, 900, [46, 139, 110]));
  await put(access, 'sound-of-the-sea.mp3', 'audio/mpeg', Buffer.alloc(1_482_000, 1));
}

async function createBucket(access: StackAccess, settings: Record<string, unknown>): Promise<void> {
  await send(access, '/bucket', 'application/json', JSON.stringify(settings));
}

async function put(access: StackAccess, path: string, type: string, body: Buffer): Promise<void> {
  await send(access, `/object/${SAMPLE_BUCKET}/${path}`, type, new Uint8Array(body));
}

async function send(
  { STORAGE_URL, SERVICE_ROLE_KEY }: StackAccess,
  path: string,
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<void> {
  const headers = { authorization: `Bearer ${SERVICE_ROLE_KEY}`, 'content-type': type };
  const response = await fetch(`${STORAGE_URL}${path}`, { method: 'POST', headers, body });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** Two policies, a finished job, a webhook with a message, and links, so that their pages show something. */
export async function addSampleWork(access: StackAccess, receiverUrl: string): Promise<void> {
  const { ADMIN_URL, ADMIN_EMAIL, ADMIN_PASSWORD } = access;
  const { token } = await post(`${ADMIN_URL}/api/v1/session`, { email: ADMIN_EMAIL, password: ADMIN_PASSWORD }, '');
  for (const pattern of ['own-folder', 'public-folder']) {
    const parameters = { bucket: SAMPLE_BUCKET, ...(pattern === 'public-folder' && { folder: 'lisbon' }) };
    const { drafts } = await post(`${ADMIN_URL}/api/v1/policy-patterns/${pattern}/render`, { parameters }, token);
    for (const draft of drafts.slice(0, 2)) await post(`${ADMIN_URL}/api/v1/policies`, draft, token);
  }
  await post(`${ADMIN_URL}/api/v1/buckets/${SAMPLE_BUCKET}/objects/copy-folder`, { from: 'lisbon/', to: 'archive/lisbon/' }, token);
  const hook = { name: 'thumbnails', url: receiverUrl, events: ['object.created'], bucket: SAMPLE_BUCKET };
  await post(`${ADMIN_URL}/api/v1/webhooks`, hook, token);
  await put(access, 'lisbon/tiles.png', 'image/png', makePng(700, 700, [40, 110, 190]));
  for (const path of ['cover.png', 'lisbon/river.png', 'itinerary.csv']) {
    const { signedURL } = await post(
      `${access.STORAGE_URL}/object/sign/${SAMPLE_BUCKET}/${path}`,
      { expiresIn: 86_400 },
      access.SERVICE_ROLE_KEY,
    );
    await fetch(`${access.STORAGE_URL}${signedURL}`);
  }
}

/** A bucket that keeps versions, with deleted objects; quotas; a schedule. */
export async function addSampleRules({ ADMIN_URL, ADMIN_EMAIL, ADMIN_PASSWORD }: StackAccess): Promise<void> {
  const api = `${ADMIN_URL}/api/v1`;
  const { token } = await post(`${api}/session`, { email: ADMIN_EMAIL, password: ADMIN_PASSWORD }, '');
  await post(`${api}/buckets/${SAMPLE_BUCKET}`, { versioning_status: 'ENABLED' }, token, 'PATCH');
  await post(
    `${api}/buckets/${SAMPLE_BUCKET}/objects/remove`,
    { paths: ['archive/lisbon/river.png', 'archive/lisbon/tram-28.png'] },
    token,
  );
  await post(`${api}/quotas/bucket/${SAMPLE_BUCKET}`, { maxBytes: 2_000_000, maxObjects: 5000 }, token, 'PUT');
  await post(`${api}/quotas/bucket/website`, { maxBytes: 50_000_000 }, token, 'PUT');
  const nightly = { name: 'Nightly scan', kind: 'maintenance.scan', cron: '30 2 * * *', timeZone: 'Europe/Lisbon' };
  await post(`${api}/schedules`, nightly, token);
  await post(`${api}/schedules`, { ...nightly, name: 'Weekly scrub', kind: 'maintenance.scrub', cron: '0 4 * * 6', isPaused: true }, token);
}

// Answers of several operations; what is read of them is seen in the pictures.
// oxlint-disable-next-line typescript/no-explicit-any
async function post(url: string, body: unknown, token: string, method = 'POST'): Promise<any> {
  const headers = { 'content-type': 'application/json', ...(token !== '' && { authorization: `Bearer ${token}` }) };
  const request: RequestInit = { method, headers, body: JSON.stringify(body) };
  const response = await fetch(url, request);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
