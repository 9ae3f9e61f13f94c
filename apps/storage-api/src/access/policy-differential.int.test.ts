import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ObjectAddress } from '../objects/copy-object.ts';
import { type Attempt, request, type Verb } from '../testing/policies/attempt.ts';
import { type Deed, type OracleCaller, PolicyOracle } from '../testing/policies/oracle.ts';
import { PolicyBench } from '../testing/policies/policy-bench.ts';
import { Dice, randomPolicies } from '../testing/policies/random-policies.ts';
import { REST_VERBS } from '../testing/policies/rest-verbs.ts';
import { S3_VERBS } from '../testing/policies/s3-verbs.ts';
import { TUS_VERBS } from '../testing/policies/tus-verbs.ts';
import { VERSION_VERBS } from '../testing/policies/version-verbs.ts';
import { signToken } from '../testing/server.ts';

const LONG_ROUNDS = process.env['SUPASTOR_RLS_ROUNDS'];
const ROUNDS = Number(LONG_ROUNDS ?? 4);
/** The long form takes new dice each time; to see a round again, give the seed that it printed. */
const SEED = Number(process.env['SUPASTOR_RLS_SEED'] ?? (LONG_ROUNDS === undefined ? 20_261_125 : Date.now() % 1_000_000_007));
const CALLERS = 3;
const CHECKS_PER_CALLER = 18;

const ALICE = '11111111-1111-4111-8111-111111111111';
const BOB = '22222222-2222-4222-8222-222222222222';

/** What an operation asks of Postgres, by the name under which the original asks it. All of it must be allowed. */
type Asked = readonly [
  operation: string,
  deed: 'see' | 'insert' | 'upsert' | 'insertBare' | 'upsertBare' | 'replace' | 'rename' | 'remove' | 'retag',
][];

const sees = (operation: string): Asked => [[operation, 'see']];
const VERBS: Readonly<Record<string, readonly [Verb, Asked]>> = {
  read: [REST_VERBS.read, sees('storage.object.get_authenticated')],
  readEither: [REST_VERBS.readEither, sees('storage.object.get_authenticated')],
  head: [REST_VERBS.head, sees('storage.object.info_authenticated')],
  info: [REST_VERBS.info, sees('storage.object.info_authenticated')],
  render: [REST_VERBS.render, sees('storage.render.image_authenticated')],
  sign: [REST_VERBS.sign, sees('storage.object.sign')],
  signMany: [REST_VERBS.signMany, sees('storage.object.sign_many')],
  list: [REST_VERBS.list, sees('storage.object.list')],
  listV2: [REST_VERBS.listV2, sees('storage.object.list_v2')],
  upload: [REST_VERBS.upload, [['storage.object.upload', 'insert']]],
  uploadForm: [REST_VERBS.uploadForm, [['storage.object.upload', 'insert']]],
  upsert: [REST_VERBS.upsert, [['storage.object.upload', 'upsert']]],
  replace: [REST_VERBS.replace, [['storage.object.upload_update', 'replace']]],
  signUpload: [REST_VERBS.signUpload, [['storage.object.sign_upload_url', 'insertBare']]],
  signUpsert: [REST_VERBS.signUpsert, [['storage.object.sign_upload_url', 'upsertBare']]],
  copy: [
    REST_VERBS.copy,
    [
      ['storage.object.copy', 'see'],
      ['storage.object.copy', 'insert'],
    ],
  ],
  copyUpsert: [
    REST_VERBS.copyUpsert,
    [
      ['storage.object.copy', 'see'],
      ['storage.object.copy', 'upsert'],
    ],
  ],
  move: [REST_VERBS.move, [['storage.object.move', 'rename']]],
  delete: [REST_VERBS.delete, [['storage.object.delete', 'remove']]],
  deleteMany: [REST_VERBS.deleteMany, [['storage.object.delete_many', 'remove']]],
  // An upload in parts ends under the name under which it began: the original asks only once.
  tusCreate: [TUS_VERBS.tusCreate, [['storage.tus.upload.create', 'insert']]],
  tusUpload: [TUS_VERBS.tusUpload, [['storage.tus.upload.create', 'insert']]],
  tusUpsert: [TUS_VERBS.tusUpsert, [['storage.tus.upload.create', 'upsert']]],
  tusDelete: [TUS_VERBS.tusDelete, [['storage.tus.upload.create', 'insert']]],
  tusSigned: [TUS_VERBS.tusSigned, [['storage.object.sign_upload_url', 'insertBare']]],
  s3Get: [S3_VERBS.s3Get, sees('storage.s3.object.get')],
  s3Head: [S3_VERBS.s3Head, sees('storage.s3.object.info')],
  s3Tags: [S3_VERBS.s3Tags, sees('storage.s3.object.get_tagging')],
  s3SetTags: [S3_VERBS.s3SetTags, [['storage.s3.object.put_tagging', 'retag']]],
  s3List: [S3_VERBS.s3List, sees('storage.s3.object.list')],
  s3ListV2: [S3_VERBS.s3ListV2, sees('storage.s3.object.list')],
  s3Put: [S3_VERBS.s3Put, [['storage.s3.upload', 'upsert']]],
  s3PutNew: [S3_VERBS.s3PutNew, [['storage.s3.upload', 'insert']]],
  s3Replace: [S3_VERBS.s3Replace, [['storage.s3.upload', 'replace']]],
  s3Copy: [
    S3_VERBS.s3Copy,
    [
      ['storage.s3.object.copy', 'see'],
      ['storage.s3.object.copy', 'upsert'],
    ],
  ],
  s3Delete: [S3_VERBS.s3Delete, [['storage.s3.object.delete', 'remove']]],
  s3DeleteMany: [S3_VERBS.s3DeleteMany, [['storage.s3.object.delete_many', 'remove']]],
  s3Parts: [
    S3_VERBS.s3Parts,
    [
      ['storage.s3.upload.create_multipart', 'upsert'],
      ['storage.s3.upload.complete_multipart', 'upsert'],
    ],
  ],
  s3PartCopy: [
    S3_VERBS.s3PartCopy,
    [
      ['storage.s3.upload.create_multipart', 'upsert'],
      ['storage.s3.upload.part_copy', 'see'],
      ['storage.s3.upload.complete_multipart', 'upsert'],
    ],
  ],
  s3Abort: [S3_VERBS.s3Abort, [['storage.s3.upload.create_multipart', 'upsert']]],
};

/** Asked about the version as if it were current. */
const VERSIONED: Readonly<Record<string, readonly [Verb, Asked]>> = {
  versionRead: [VERSION_VERBS.versionRead, sees('storage.object.get_authenticated')],
  versionInfo: [VERSION_VERBS.versionInfo, sees('storage.object.info_authenticated')],
  versionSign: [VERSION_VERBS.versionSign, sees('storage.object.sign')],
  versionList: [VERSION_VERBS.versionList, sees('storage.object.list')],
  versionListV2: [VERSION_VERBS.versionListV2, sees('storage.object.list_v2')],
  versionDelete: [VERSION_VERBS.versionDelete, [['storage.object.delete', 'remove']]],
  versionS3Get: [VERSION_VERBS.versionS3Get, sees('storage.s3.object.get')],
  versionS3List: [VERSION_VERBS.versionS3List, sees('storage.s3.object.list_versions')],
  versionS3Delete: [VERSION_VERBS.versionS3Delete, [['storage.s3.object.delete', 'remove']]],
};

const KEYS = [`${ALICE}/doc.png`, `${BOB}/doc.png`, 'red/doc.png', 'red/deep/er.png', 'blue/sky.png', 'top.png'];
const FRESH = [`${ALICE}/new.png`, `${BOB}/new.png`, 'red/new.png', 'red/deep/new', 'blue/new.PNG', 'new.png'];

let bench: PolicyBench;
let oracle: PolicyOracle;
const versionIds = new Map<string, string>();

beforeAll(async () => {
  bench = await PolicyBench.start();
  oracle = new PolicyOracle(bench.server.postgres.url);
  const service = bench.server.client();
  for (const bucket of ['box', 'other', 'keep']) await service.createBucket(bucket);
  await bench.server.sql(`update storage.buckets set versioning_status = 'ENABLED' where id = 'keep'`);
  for (const bucket of ['box', 'other', 'keep', 'keep']) {
    for (const [at, key] of KEYS.entries()) {
      // Each version of a key belongs to someone else.
      const sub = [ALICE, BOB, undefined][(at + (versionIds.size > 0 ? 1 : 0)) % 3];
      const { error } = await bench.server
        .client(signToken({ role: 'service_role', sub }))
        .from(bucket)
        .upload(key, bench.picture, { contentType: 'image/png', upsert: true });
      expect(error).toBeNull();
    }
    if (bucket === 'keep') for (const key of KEYS) versionIds.set(key, '');
  }
  for (const row of await bench.server.sql('select name, version from storage_versions.objects')) {
    versionIds.set(String(row['name']), String(row['version']));
  }
  await bench.server.sql(`create table public.members (team text, member uuid);
    insert into members values ('red', '${ALICE}'), ('blue', '${BOB}'), ('${BOB}', '${ALICE}');
    grant select on members to anon, authenticated, service_role; grant select on storage.buckets to anon, authenticated, service_role`);
  await bench.remember();
});
afterAll(async () => {
  await oracle.stop();
  await bench.stop();
});

function randomCaller(dice: Dice): OracleCaller {
  const role = dice.pick(['authenticated', 'authenticated', 'authenticated', 'authenticated', 'anon', 'service_role']);
  const sub = dice.pick([ALICE, BOB, '33333333-3333-4333-8333-333333333333']);
  return {
    role,
    claims: {
      role,
      ...(role === 'authenticated' || dice.chance(20) ? { sub } : {}),
      ...(dice.chance(50) ? { tier: dice.pick(['pro', 'free']) } : {}),
      ...(dice.chance(50) ? { team: dice.pick(['red', 'blue']) } : {}),
      ...(dice.chance(50) ? { app_metadata: { team: dice.pick(['red', 'blue']), admin: dice.chance(30) } } : {}),
      ...(dice.chance(30) ? { groups: dice.pick([['writers'], ['readers'], []]) } : {}),
    },
  };
}

function deedOf(kind: Asked[number][1], from: ObjectAddress, to: ObjectAddress): Deed {
  if (kind === 'rename') return { kind, at: from, to };
  if (kind === 'insert' || kind === 'upsert') return { kind, at: to };
  if (kind === 'insertBare') return { kind: 'insert', at: to, bare: true };
  if (kind === 'upsertBare') return { kind: 'upsert', at: to, bare: true };
  return kind === 'replace' ? { kind: 'upsert', at: from } : { kind, at: from };
}

interface Check {
  readonly name: string;
  readonly from: ObjectAddress;
  readonly to: ObjectAddress;
}

function randomCheck(dice: Dice): Check {
  const name = dice.pick(Object.keys(dice.chance(15) ? VERSIONED : VERBS));
  const isVersion = VERSIONED[name] !== undefined;
  const from = { bucket: isVersion ? 'keep' : dice.pick(['box', 'box', 'other', 'keep']), key: dice.pick(KEYS) };
  const bucket = dice.chance(70) ? from.bucket : dice.pick(['box', 'other', 'keep']);
  const occupied = KEYS.filter((key) => key !== from.key);
  return { name, from, to: { bucket, key: dice.pick(dice.chance(20) ? occupied : FRESH) } };
}

interface Turn {
  readonly caller: OracleCaller;
  readonly token: string;
}

async function decide({ caller }: Turn, { name, from, to }: Check): Promise<boolean> {
  const versioned = VERSIONED[name];
  const asked = versioned?.[1] ?? VERBS[name]?.[1] ?? [];
  for (const [operation, kind] of asked) {
    const versionId = versioned === undefined ? undefined : versionIds.get(from.key);
    if (!(await oracle.allows({ caller, operation, deed: deedOf(kind, from, to), versionId }))) return false;
  }
  return true;
}

async function attempt({ token }: Turn, { name, from, to }: Check): Promise<boolean> {
  const [verb] = VERSIONED[name] ?? VERBS[name] ?? [];
  if (verb === undefined) throw new Error(`no verb ${name}`);
  try {
    return await verb({ bench, token, from, to, versionId: versionIds.get(from.key) ?? '' });
  } finally {
    await bench.reset();
  }
}

/** All names of a bucket, as a listing shows them. */
async function listed(turn: Turn, bucket: string): Promise<readonly string[]> {
  const nowhere = { bucket, key: '' };
  const asCaller: Attempt = { bench, token: turn.token, from: nowhere, to: nowhere, versionId: '' };
  const answer = await request(asCaller, `/object/list-v2/${bucket}`, { method: 'POST', json: { limit: 1000 } });
  const { objects }: { objects: readonly { name: string }[] } = JSON.parse(await answer.text());
  return objects.map(({ name }) => name).toSorted();
}

test(
  `${ROUNDS} rounds of random policies and callers (SUPASTOR_RLS_SEED=${SEED}): the server allows what Postgres allows`,
  async () => {
    const differences: unknown[] = [];
    const tally = { allowed: 0, refused: 0 };
    for (let round = 0; round < ROUNDS && differences.length === 0; round += 1) {
      const dice = new Dice(SEED + round);
      const policies = randomPolicies(dice);
      await bench.setPolicies([...policies, 'create policy b on storage.buckets for select to public using (true)']);
      for (let turns = 0; turns < CALLERS; turns += 1) {
        const caller = randomCaller(dice);
        const turn = { caller, token: signToken({ ...caller.claims }) };
        const where = { seed: SEED + round, policies, claims: caller.claims };
        for (const bucket of ['box', 'keep']) {
          const expected = await oracle.names({ caller, operation: 'storage.object.list_v2' }, bucket);
          const names = await listed(turn, bucket);
          if (names.join() !== expected.toSorted().join()) differences.push({ ...where, bucket, names, expected });
        }
        for (let checks = 0; checks < CHECKS_PER_CALLER - 2; checks += 1) {
          const check = randomCheck(dice);
          const expected = await decide(turn, check);
          const allowed = await attempt(turn, check);
          tally[expected ? 'allowed' : 'refused'] += 1;
          if (allowed !== expected) differences.push({ ...where, ...check, allowed, expected });
        }
      }
    }
    expect(differences).toEqual([]);
    // Dice that always fall on one side would prove nothing.
    expect(Math.min(tally.allowed, tally.refused)).toBeGreaterThan((tally.allowed + tally.refused) / 8);
  },
  Math.max(180_000, ROUNDS * 30_000),
);
