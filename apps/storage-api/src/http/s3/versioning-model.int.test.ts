import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditStore, CLEAN } from '../../testing/audit.ts';
import { type S3Bench, startS3Bench } from '../../testing/s3.ts';

const KEYS = ['a', 'a/b'] as const;
const TIMEOUT_MS = 240_000;

/** A version as AWS has it, by the id that the server gave it. Without a body it is a delete marker. */
interface ModelVersion {
  readonly body: string | null;
  readonly name: string;
}
type Status = 'Disabled' | 'Enabled' | 'Suspended';

/** What AWS documents, newest version first. */
class Model {
  status: Status = 'Disabled';
  readonly versions = new Map<string, ModelVersion[]>(KEYS.map((key) => [key, []]));

  of(key: string): ModelVersion[] {
    return this.versions.get(key) ?? [];
  }

  add(key: string, body: string | null, name: string): void {
    const others = this.status === 'Enabled' ? this.of(key) : this.of(key).filter((version) => version.name !== 'null');
    this.versions.set(key, [{ body, name }, ...others]);
  }

  remove(key: string): void {
    this.versions.set(key, []);
  }

  removeVersion(key: string, name: string): void {
    this.versions.set(
      key,
      this.of(key).filter((version) => version.name !== name),
    );
  }
}

type Command =
  | { readonly kind: 'put'; readonly key: string; readonly door: 'rest' | 's3' }
  | { readonly kind: 'delete'; readonly key: string; readonly door: 'rest' | 's3' }
  | { readonly kind: 'deleteVersion'; readonly key: string; readonly index: number; readonly door: 'rest' | 's3' }
  | { readonly kind: 'status'; readonly status: 'Enabled' | 'Suspended' };

const key = fc.constantFrom(...KEYS);
const door = fc.constantFrom('rest' as const, 's3' as const);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('put' as const), key, door }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key, door }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deleteVersion' as const), key, index: fc.nat(4), door }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom('Enabled' as const, 'Suspended' as const) }),
  },
);

let bench: S3Bench;
let round = 0;

beforeAll(async () => {
  bench = await startS3Bench();
});
afterAll(() => bench.stop());

async function run(model: Model, Bucket: string, step: Command, body: string): Promise<void> {
  const { s3, server } = bench;
  if (step.kind === 'status') {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: step.status } }));
    model.status = step.status;
    return;
  }
  const { key: Key } = step;
  const rest = server.client().from(Bucket);
  const nameOf = (version: string | null | undefined) => (model.status === 'Enabled' ? (version ?? '') : 'null');
  if (step.kind === 'put') {
    if (step.door === 's3')
      return model.add(Key, body, (await s3.send(new PutObjectCommand({ Bucket, Key, Body: body }))).VersionId ?? 'null');
    expect((await rest.upload(Key, body, { upsert: true })).error).toBeNull();
    return model.add(Key, body, nameOf((await rest.info(Key)).data?.version));
  }
  if (step.kind === 'delete') {
    const version =
      step.door === 's3'
        ? (await s3.send(new DeleteObjectCommand({ Bucket, Key }))).VersionId
        : nameOf((await rest.remove([Key])).data?.[0]?.version);
    return model.status === 'Disabled' ? model.remove(Key) : model.add(Key, null, version ?? '');
  }
  const chosen = model.of(Key)[step.index];
  if (chosen === undefined) return;
  if (step.door === 's3') await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId: chosen.name }));
  else expect((await rest.remove([{ path: Key, versionId: chosen.name }])).data).toHaveLength(1);
  model.removeVersion(Key, chosen.name);
}

const rows = (items: readonly { Key?: string; VersionId?: string; IsLatest?: boolean }[], isMarker: boolean) =>
  items.map(({ Key, VersionId, IsLatest }) => JSON.stringify([Key, VersionId, IsLatest, isMarker]));

/** `[key, name, isLatest, isMarker]` of everything, as S3 lists it. */
async function listed(Bucket: string) {
  const { Versions = [], DeleteMarkers = [] } = await bench.s3.send(new ListObjectVersionsCommand({ Bucket }));
  return [...rows(Versions, false), ...rows(DeleteMarkers, true)].toSorted();
}

async function bodyOf(Bucket: string, Key: string, VersionId?: string): Promise<string | null> {
  try {
    const { Body } = await bench.s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    return (await Body?.transformToString()) ?? null;
  } catch {
    return null;
  }
}

test(
  'any sequence of writes, deletions and changes of status over REST and S3 leaves what AWS would have left',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25 }), async (commands) => {
        const Bucket = `model-${round++}`;
        await bench.server.client().createBucket(Bucket);
        const model = new Model();
        for (const [index, each] of commands.entries()) await run(model, Bucket, each, `body ${index}`);
        const expected = KEYS.flatMap((each) =>
          model.of(each).map(({ name, body }, index) => JSON.stringify([each, name, index === 0, body === null])),
        );
        expect(await listed(Bucket)).toEqual(expected.toSorted());
        for (const each of KEYS) {
          expect(await bodyOf(Bucket, each)).toBe(model.of(each)[0]?.body ?? null);
          for (const { name, body } of model.of(each)) expect(await bodyOf(Bucket, each, name)).toBe(body);
          const rest = await bench.server
            .client()
            .from(Bucket)
            .list(each, { exactMatch: true, noncurrentVersions: 'include', deleteMarkers: 'include' });
          expect(rest.data?.map(({ is_versioned, version }) => (is_versioned === true ? version : 'null'))).toEqual(
            model.of(each).map(({ name }) => name),
          );
        }
      }),
      { numRuns: 25 },
    );
    expect(await auditStore({ query: async (text) => ({ rows: await bench.server.sql(text) }) }, bench.server.storePath, 1)).toEqual(CLEAN);
  },
  TIMEOUT_MS,
);
