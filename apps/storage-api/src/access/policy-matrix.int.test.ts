import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Attempt, Verb } from '../testing/policies/attempt.ts';
import { PolicyBench } from '../testing/policies/policy-bench.ts';
import { REST_VERBS } from '../testing/policies/rest-verbs.ts';
import { S3_VERBS } from '../testing/policies/s3-verbs.ts';
import { TUS_VERBS } from '../testing/policies/tus-verbs.ts';
import { VERSION_VERBS } from '../testing/policies/version-verbs.ts';
import { ANON_TOKEN, SERVICE_TOKEN, signToken } from '../testing/server.ts';

const ALICE = '11111111-1111-4111-8111-111111111111';
const BOB = '22222222-2222-4222-8222-222222222222';
const TOKENS = {
  anon: ANON_TOKEN,
  alice: signToken({ role: 'authenticated', sub: ALICE, tier: 'free' }),
  bob: signToken({ role: 'authenticated', sub: BOB, tier: 'pro' }),
  service: SERVICE_TOKEN,
};
type Who = keyof typeof TOKENS;
const WHO: readonly Who[] = ['anon', 'alice', 'bob', 'service'];

/**
 * What of S(elect), I(nsert), U(pdate) and D(elete) a verb takes on Alice's row, and on the row that the caller writes. K: the updated
 * row may stay Alice's.
 */
interface Need {
  readonly old?: string;
  readonly fresh?: string;
}

const VERBS: Readonly<Record<string, Verb>> = { ...REST_VERBS, ...TUS_VERBS, ...S3_VERBS, ...VERSION_VERBS };
const see: Need = { old: 'S' };
const add: Need = { fresh: 'I' };
/** ON CONFLICT reads the key, so what it writes must be visible too. */
const put: Need = { fresh: 'IS' };
const overwrite: Need = { old: 'SU', fresh: 'ISU' };
const rename: Need = { old: 'SU', fresh: 'SU' };
const change: Need = { old: 'SUK' };
const remove: Need = { old: 'SD' };
/** Nobody but the service may. */
const never: Need = { old: '-' };

const REST: Record<keyof typeof REST_VERBS, Need> = {
  read: see,
  readEither: see,
  head: see,
  headEither: see,
  readPublic: never,
  info: see,
  infoEither: see,
  render: see,
  sign: see,
  signPicture: see,
  signMany: see,
  list: see,
  listV2: see,
  listV2Flat: see,
  upload: add,
  uploadForm: add,
  upsert: put,
  replace: overwrite,
  signUpload: add,
  signUpsert: put,
  copy: { old: 'S', fresh: 'I' },
  copyUpsert: { old: 'S', fresh: 'IS' },
  move: rename,
  delete: remove,
  deleteMany: remove,
};
const TUS: Record<keyof typeof TUS_VERBS, Need> = {
  tusCreate: add,
  tusUpload: add,
  tusUpsert: put,
  tusDelete: add,
  tusSigned: add,
  tusContinueOthers: never,
  tusEndOthers: never,
  tusOffset: {},
};
const S3: Record<keyof typeof S3_VERBS, Need> = {
  s3Get: see,
  s3Head: see,
  s3Attributes: see,
  s3Tags: see,
  s3SetTags: change,
  s3List: see,
  s3ListV2: see,
  s3Put: put,
  s3PutNew: add,
  s3Replace: overwrite,
  s3Copy: { old: 'S', fresh: 'IS' },
  s3Delete: remove,
  s3DeleteMany: remove,
  s3Parts: put,
  s3PartCopy: { old: 'S', fresh: 'IS' },
  s3Abort: put,
  s3PartOfOthers: never,
  s3AbortOthers: never,
};
const VERSIONS: Record<keyof typeof VERSION_VERBS, Need> = {
  versionRead: see,
  versionInfo: see,
  versionRender: see,
  versionSign: see,
  versionList: see,
  versionListV2: see,
  versionCopy: { old: 'S', fresh: 'I' },
  versionRestore: { old: 'SUD', fresh: 'ISU' },
  versionDelete: remove,
  versionS3Get: see,
  versionS3List: see,
  versionS3Delete: remove,
};
const { copy, copyUpsert, move } = REST;
const { s3Copy, s3PartCopy } = S3;
const kept = {
  ...VERSIONS,
  move,
  read: see,
  list: see,
  replace: overwrite,
  delete: remove,
  deleteMany: remove,
  s3Get: see,
  s3Replace: overwrite,
  s3Delete: remove,
  s3DeleteMany: remove,
};

/** Where `from` and `to` are, and what is tried there. */
const PLACES: Readonly<Record<string, { from: string; to: string; needs: Readonly<Record<string, Need>> }>> = {
  'within a bucket': { from: 'box', to: 'box', needs: { ...REST, ...TUS, ...S3 } },
  'across buckets': { from: 'box', to: 'other', needs: { copy, copyUpsert, move, s3Copy, s3PartCopy } },
  'where versions are kept': { from: 'keep', to: 'keep', needs: kept },
};

interface Grants {
  /** On Alice's rows. */
  readonly old?: string;
  /** On rows of Alice's folder that the caller writes. */
  readonly fresh?: string;
}

interface PolicySet {
  readonly sql: readonly string[];
  /** Buckets of which the policies speak. */
  readonly buckets: readonly string[];
  readonly grants: Partial<Record<Who, Grants>>;
}

const all = { old: 'SIUKD', fresh: 'SIUD' };
const policy = (name: string, rest: string) => `create policy ${name} on storage.objects ${rest}`;
const own = `bucket_id in ('box', 'keep') and (storage.foldername(name))[1] = auth.uid()::text`;
const team = `exists (select from public.members m where m.team = (storage.foldername(name))[1] and m.member = auth.uid())`;
const both = (rule: string) => `using (${rule}) with check (${rule})`;

const SETS: Readonly<Record<string, PolicySet>> = {
  'no policies': { sql: [], buckets: [], grants: {} },
  'own folder': { sql: [policy('p', `for all to authenticated ${both(own)}`)], buckets: ['box', 'keep'], grants: { alice: all } },
  team: { sql: [policy('p', `for all to authenticated ${both(team)}`)], buckets: ['box', 'keep', 'other'], grants: { bob: all } },
  'public read': {
    sql: [policy('p', `for select to public using (bucket_id in ('box', 'keep'))`)],
    buckets: ['box', 'keep'],
    grants: Object.fromEntries(WHO.map((who) => [who, { old: 'S', fresh: 'S' }])),
  },
  'insert only': {
    sql: [policy('p', `for insert to anon, authenticated with check (bucket_id in ('box', 'other'))`)],
    buckets: ['box', 'other'],
    grants: Object.fromEntries(WHO.map((who) => [who, { fresh: 'I' }])),
  },
  'owners read, members insert': {
    sql: [
      policy('p', `for select to authenticated using (owner_id = auth.uid()::text)`),
      policy('q', `for insert to authenticated with check (true)`),
    ],
    buckets: ['box', 'keep', 'other'],
    grants: { alice: { old: 'SI', fresh: 'SI' }, bob: { old: '', fresh: 'SI' } },
  },
  'everyone reads, owners delete': {
    sql: [policy('p', 'for select to authenticated using (true)'), policy('q', 'for delete to authenticated using (owner = auth.uid())')],
    buckets: ['box', 'keep', 'other'],
    grants: { alice: { old: 'SD', fresh: 'SD' }, bob: { old: 'S', fresh: 'SD' } },
  },
  'members change what becomes theirs': {
    sql: [
      policy('p', 'for select to authenticated using (true)'),
      policy('q', 'for update to authenticated using (true) with check (owner_id = auth.uid()::text)'),
    ],
    buckets: ['box', 'keep', 'other'],
    grants: { alice: { old: 'SUK', fresh: 'SU' }, bob: { old: 'SU', fresh: 'SU' } },
  },
  'a claim': {
    sql: [policy('p', `for all to authenticated ${both(`auth.jwt() ->> 'tier' = 'pro'`)}`)],
    buckets: ['box', 'keep', 'other'],
    grants: { bob: all },
  },
  'a restriction on deleting': {
    sql: [
      policy('p', `for all to authenticated ${both('true')}`),
      policy('r', 'as restrictive for delete to public using (owner = auth.uid())'),
    ],
    buckets: ['box', 'keep', 'other'],
    grants: { alice: all, bob: { old: 'SIUK', fresh: 'SIUD' } },
  },
};

/** Verbs that change nothing may be tried at the same time. */
const READING =
  /^(read|head|info|render|list|sign(?!U)|s3(Get|Head|Attributes|Tags|List)|version(Read|Info|Render|Sign|List|S3Get|S3List))/;

/** What was begun, by the caller itself or by the service, stays when the caller may not go on with it. */
const LEAVES_UPLOADS = /Others$|^s3PartCopy$/;

let bench: PolicyBench;
let versionId: string;

beforeAll(async () => {
  bench = await PolicyBench.start();
  const service = bench.server.client();
  for (const bucket of ['box', 'other', 'keep']) await service.createBucket(bucket);
  await bench.server.sql(`update storage.buckets set versioning_status = 'ENABLED' where id = 'keep'`);
  const alice = signToken({ role: 'service_role', sub: ALICE });
  for (const bucket of ['box', 'keep', 'keep']) {
    const { error } = await bench.server
      .client(alice)
      .from(bucket)
      .upload(`${ALICE}/doc`, bench.picture, { contentType: 'image/png', upsert: true });
    expect(error).toBeNull();
  }
  const [old] = await bench.server.sql('select version from storage_versions.objects');
  versionId = String(old?.['version']);
  await bench.server.sql(`create table public.members (team text, member uuid); insert into members values ('${ALICE}', '${BOB}');
    grant select on members to authenticated`);
  await bench.remember();
});
afterAll(() => bench.stop());

function isAllowed(who: Who, verb: string, need: Need, { grants, buckets }: PolicySet, place: { from: string; to: string }): boolean {
  if (verb === 'readPublic') return false;
  if (who === 'service') return true;
  const { old = '', fresh = '' } = grants[who] ?? {};
  const has = (granted: string, bucket: string, needed: string | undefined) =>
    Array.from(needed ?? '').every((letter) => buckets.includes(bucket) && granted.includes(letter));
  return has(old, place.from, need.old) && has(fresh, place.to, need.fresh);
}

/** Who among all is allowed, each from the same start. What is refused leaves nothing behind. */
async function tryAll(name: string, place: { from: string; to: string }): Promise<readonly Who[]> {
  const verb = VERBS[name];
  if (verb === undefined) throw new Error(`no verb ${name}`);
  const attempt = (who: Who): Attempt => ({
    bench,
    token: TOKENS[who],
    from: { bucket: place.from, key: `${ALICE}/doc` },
    to: { bucket: place.to, key: `${ALICE}/new` },
    versionId,
  });
  if (READING.test(name)) {
    const outcomes = await Promise.all(WHO.map((who) => verb(attempt(who))));
    return WHO.filter((_, at) => outcomes[at]);
  }
  const allowed: Who[] = [];
  for (const who of WHO) {
    const before = await bench.state();
    if (await verb(attempt(who))) allowed.push(who);
    else if (!LEAVES_UPLOADS.test(name)) expect([name, who, await bench.state()]).toEqual([name, who, before]);
    await bench.reset();
  }
  return allowed;
}

describe.each(Object.entries(SETS))('policies: %s', (_name, set) => {
  beforeAll(() => bench.setPolicies(set.sql));

  test.each(Object.entries(PLACES))(
    '%s, every verb is open to exactly those whom Postgres would let do it',
    async (_place, place) => {
      const outcome: Record<string, readonly Who[]> = {};
      const expected: Record<string, readonly Who[]> = {};
      for (const [verb, need] of Object.entries(place.needs)) {
        outcome[verb] = await tryAll(verb, place);
        expected[verb] = WHO.filter((who) => isAllowed(who, verb, need, set, place));
      }
      expect(outcome).toEqual(expected);
    },
    180_000,
  );
});
