import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Attempt, ATTEMPTS, type Belongings, type Intruder } from '../testing/crossing-attempts.ts';
import type { RawAnswer } from '@supastor/testkit/fuzz/raw-http';
import { createKey } from '../testing/s3-keys.ts';
import { Seeded, seedOfRun } from '@supastor/testkit/fuzz/seeded';
import { ANON_TOKEN } from '../testing/server.ts';
import { OTHER_ID, OTHER_TOKEN, OWNER_ID, OWNER_TOKEN, type Stage, startStage } from '../testing/stage.ts';

const COUNT = Number(process.env['SUPASTOR_CROSSINGS'] ?? '500');
const SEED = seedOfRun();
const PARALLEL = 6;
/** As in the original, anyone may find out that there is a bucket of some name: what is in it stays hidden. */
const TELLS_OF_BUCKETS =
  /^(?:read from a bucket|upload into a bucket|copy into a bucket|(?:ListObjects|GetObject) of a bucket \(session\))$/;
/** What a key for a folder may do; setting up buckets is not for such a key. */
const VERBS = ['list', 'read', 'write', 'delete'] as const;
const NOBODY_ID = 'dddddddd-dddd-4ddd-8ddd-dddddddddddd';

let stage: Stage;
let people: readonly Intruder[];

beforeAll(async () => {
  stage = await startStage();
  await stage.server.fetch('/bucket/priv', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ versioning_status: 'ENABLED' }),
  });
  for (const bucket of ['hidden-1', 'hidden-2']) {
    await stage.server.client().createBucket(bucket);
    await stage.put(bucket, 'a.txt', secretOf(bucket));
  }
  people = [await settle(OWNER_ID, OWNER_TOKEN, 'hidden-1'), await settle(OTHER_ID, OTHER_TOKEN, 'hidden-2')];
}, 120_000);
afterAll(() => stage.stop());

/** What is in the objects of a folder or bucket, and nowhere else. */
const secretOf = (place: string) => `secret of ${place}`;

const tokenIn = (url: string | undefined) => new URL(url ?? 'http://x').searchParams.get('token') ?? '';

/** Gives a person one of everything. */
async function settle(id: string, token: string, bucket: string): Promise<Intruder> {
  const { server, picture } = stage;
  const key = `${id}/keep.txt`;
  const seen = `${id}/keep.png`;
  const partsKey = `${id}/parts.bin`;
  const client = server.client(token).from('priv');
  for (const text of ['an older version', secretOf(id)]) await client.upload(key, text, { upsert: true, contentType: 'text/plain' });
  await client.upload(seen, picture, { upsert: true, contentType: 'image/png' });
  const session = { accessKeyId: 'stub', secret: ANON_TOKEN, sessionToken: token };
  const begun = await stage.signed({ method: 'POST', path: `/s3/priv/${partsKey}`, query: { uploads: '' } }, session);
  const parts = /<UploadId>(.+)<\/UploadId>/.exec(begun.text)?.[1] ?? '';
  const sent = await stage.signed(
    { method: 'PUT', path: `/s3/priv/${partsKey}`, query: { partNumber: '1', uploadId: parts }, body: 'x' },
    session,
  );
  expect(sent.status).toBe(200);
  const { data: info } = await client.info(key);
  const { data: read } = await client.createSignedUrl(key, 600);
  const { data: small } = await client.createSignedUrl(seen, 600, { transform: { width: 4 } });
  const { data: writing } = await client.createSignedUploadUrl(`${id}/new`, { upsert: true });
  const upload = await stage.beginUpload(token, `${id}/resumed.bin`);
  const { key: made, secretAccessKey } = await createKey(server, { name: id, verbs: [...VERBS], buckets: ['priv'], prefixes: [`${id}/`] });
  return {
    token,
    session,
    accessKey: { accessKeyId: made.accessKeyId, secret: secretAccessKey },
    own: { folder: id, key, picture: seen, version: info?.version ?? '', upload, parts, partsKey, bucket },
    links: { read: tokenIn(read?.signedUrl), picture: tokenIn(small?.signedUrl), write: writing?.token ?? '' },
  };
}

/** Names as long as those of someone else, and never given to anything: in a folder that is there, or in one that is not. */
function missingLike({ folder, key, picture, upload, partsKey, bucket }: Belongings, inFolder: boolean): Belongings {
  const moved = (path: string) => (inFolder ? path.replace('/keep', '/none').replace('/parts', '/stray') : path.replace(folder, NOBODY_ID));
  const [uploadBucket = '', ...rest] = Buffer.from(upload, 'base64url').toString('utf8').split('/');
  const uploadPath = [uploadBucket, ...rest.slice(0, -1), randomUUID()].join('/');
  return {
    folder: NOBODY_ID,
    key: moved(key),
    picture: moved(picture),
    version: randomUUID(),
    upload: Buffer.from(uploadPath).toString('base64url'),
    parts: randomUUID(),
    partsKey: moved(partsKey),
    bucket: bucket.replace(/\d$/, '9'),
  };
}

/** All that a client can see of an answer, with names that were never given replaced by those they stand for. */
function visible({ status, headers, text }: RawAnswer, missing: Belongings | null, real: Belongings): string {
  const named =
    missing === null
      ? []
      : Object.entries(missing).map(([field, value]) => [value, Object.entries(real).find(([name]) => name === field)?.[1] ?? ''] as const);
  const { date: _date, 'x-request-id': _id, 'x-amz-request-id': _amz, ...shown } = headers;
  const all = JSON.stringify({ status, shown, text: text.replace(/<RequestId>.*<\/RequestId>/, '') });
  // Longer names first: a key holds its folder.
  return named.toSorted((left, right) => right[0].length - left[0].length).reduce((told, [from, to]) => told.replaceAll(from, to), all);
}

const TABLES = [
  'objects',
  'buckets',
  's3_multipart_uploads',
  's3_multipart_uploads_parts',
  'resumable_uploads',
  's3_access_keys',
  'bucket_lifecycle',
];

/** Every row there is, as text; when keys were last used does not count. */
async function stateOfAll(): Promise<string> {
  const states: unknown[] = [];
  for (const table of [...TABLES.map((name) => `storage.${name}`), 'storage_versions.objects']) {
    states.push(
      table,
      await stage.server.sql(`select to_jsonb(t) - '{last_used_at,last_used_ip}'::text[] as row from ${table} t order by 1`),
    );
  }
  return JSON.stringify(states, null, 1);
}

test(`${COUNT} attempts with the other's names cross nothing, and what is not theirs looks like what is not there (SUPASTOR_SEED=${SEED})`, async () => {
  expect(people.flatMap(({ own }) => Object.values(own)).every((name) => name !== '')).toBe(true);
  const before = await stateOfAll();
  const problems = new Set<string>();
  let refused = 0;

  const tryOne = async (at: number): Promise<void> => {
    const random = new Seeded(SEED + at);
    // Each attempt at least once in each direction before chance has its say.
    const [name, make]: readonly [string, Attempt] = ATTEMPTS[at >> 1] ?? random.pick(ATTEMPTS);
    const [by, victim] = at % 2 === 0 ? people : people.toReversed();
    if (by === undefined || victim === undefined) return;
    const missing = missingLike(victim.own, random.chance(0.5));
    const real = await stage.http.send(make(stage, by, victim.own));
    const none = await stage.http.send(make(stage, by, missing));
    if (real.status >= 400) refused += 1;
    if (real.status >= 500) problems.add(`${name}: ${real.status} ${real.text.slice(0, 200)}`);
    if (real.text.includes(secretOf(victim.own.folder)) || real.text.includes(secretOf(victim.own.bucket)))
      problems.add(`${name}: shows what is not theirs`);
    const seen = [visible(real, null, victim.own), visible(none, missing, victim.own)];
    if (seen[0] !== seen[1] && !TELLS_OF_BUCKETS.test(name))
      problems.add(`${name}: tells what is there\n  there:   ${seen[0]}\n  missing: ${seen[1]}`);
  };
  const count = Math.max(COUNT, ATTEMPTS.length * 2);
  for (let start = 0; start < count; start += PARALLEL) {
    await Promise.all(Array.from({ length: Math.min(PARALLEL, count - start) }, (_, offset) => tryOne(start + offset)));
  }

  expect([...problems]).toEqual([]);
  expect(await stateOfAll()).toBe(before);
  expect(refused).toBeGreaterThan(count / 2);
  for (const { token, own } of people) {
    const { data } = await stage.server.client(token).from('priv').download(own.key);
    expect(await data?.text()).toBe(secretOf(own.folder));
  }
}, 600_000);
