import type { StorageVerb } from '@supastor/contract/operations/policies';
import type { S3Key, S3KeyVerb } from '@supastor/contract/wire/s3-key';
import { judge } from './judge.ts';
import type { PolicyStore, ProbeRequest } from './policy-store.port.ts';

interface Place {
  readonly verb: StorageVerb;
  readonly bucket: string;
  readonly path: string;
}

/** S3 access keys whose own limits reach the path, and what the policies of their role say then. */
export async function keysThatCan(store: PolicyStore, keys: readonly S3Key[], { verb, bucket, path }: Place) {
  const answers = [];
  const reaching = keys.filter((key) => reaches(key, VERBS.get(verb), bucket, path));
  // One after the other: each try is a transaction on one of few connections.
  for (const { accessKeyId, name, role, claims } of reaching) {
    const probe: ProbeRequest = { role, claims: { ...claims, role }, verb, bucket, path, to: undefined, metadata: {} };
    const { allowed, reason } = judge(probe, await store.probe(probe));
    answers.push({ accessKeyId, name, role, allowed, reason });
  }
  return answers;
}

const VERBS: ReadonlyMap<StorageVerb, S3KeyVerb> = new Map([
  ['read', 'read'],
  ['list', 'list'],
  ['upload', 'write'],
  ['overwrite', 'write'],
  ['delete', 'delete'],
]);

function reaches(key: S3Key, verb: S3KeyVerb | undefined, bucket: string, path: string): boolean {
  const isOver = key.expiresAt !== null && Date.parse(key.expiresAt) <= Date.now();
  if (verb === undefined || isOver || !key.enabled || !key.usable || !key.verbs.includes(verb)) return false;
  const inBucket = key.buckets.some((name) => (name.endsWith('*') ? bucket.startsWith(name.slice(0, -1)) : name === bucket));
  return inBucket && (key.prefixes.length === 0 || key.prefixes.some((prefix) => path.startsWith(prefix)));
}
