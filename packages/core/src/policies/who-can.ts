import type { StorageVerb } from '@supastor/contract/operations/policies';
import { judge } from './judge.ts';
import type { PolicyStore, ProbeRequest } from './policy-store.port.ts';

export interface WhoCanRequest {
  readonly verb: StorageVerb;
  readonly bucket: string;
  readonly path: string;
  readonly users: readonly string[];
}

interface Candidate {
  readonly role: string;
  readonly subject: string | null;
  readonly label: string;
}

/** Tries the verb as every kind of caller: roles, the owner, other owners of the bucket, and users that are asked about. */
export async function whoCan(store: PolicyStore, { verb, bucket, path, users }: WhoCanRequest) {
  const known = await store.acquaintances(bucket, path);
  const identities = [];
  // One after the other: each try is a transaction on one of few connections.
  for (const candidate of candidates(known.owner, known.others, users)) {
    const { role, subject } = candidate;
    const claims = { role, ...(subject !== null && { sub: subject }) };
    const probe: ProbeRequest = { role, claims, verb, bucket, path, to: undefined, metadata: {} };
    const { allowed, reason, steps } = judge(probe, await store.probe(probe));
    const decidedBy = [...new Set(steps.filter((step) => step.allowed === allowed).flatMap((step) => step.decidedBy))];
    identities.push({ ...candidate, allowed, reason, decidedBy });
  }
  return { publicBucket: known.bucketIsPublic, identities };
}

const user = (subject: string, label: string): Candidate => ({ role: 'authenticated', subject, label });

function candidates(owner: string | null, others: readonly string[], users: readonly string[]): readonly Candidate[] {
  const strangers = others.filter((other) => other !== owner && !users.includes(other));
  return [
    { role: 'anon', subject: null, label: 'anyone with the anon key' },
    user('00000000-0000-4000-8000-000000000000', 'a signed-in user without objects here'),
    ...(owner === null ? [] : [user(owner, 'the owner of the object')]),
    ...strangers.map((subject) => user(subject, 'an owner of other objects in the bucket')),
    ...users.map((subject) => user(subject, 'the user you asked about')),
    { role: 'service_role', subject: null, label: 'servers with the service key' },
  ];
}
