import { s3KeysCreate, s3KeysList, s3KeysRevoke, s3KeysRotate, s3KeysUpdate } from '@supastor/contract/operations/s3-keys';
import { requireIdentity } from '../access/identity.ts';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { onlyDisables, refuseStrongerKey } from './refuse-stronger-key.ts';
import type { S3KeyAdmin } from './s3-key-admin.port.ts';

type Context = OperationContext<{ readonly s3Keys: S3KeyAdmin }>;

export const s3KeyHandlers = {
  's3Keys.list': implement(s3KeysList, async (_, { deps, signal }: Context) => ({ keys: [...(await deps.s3Keys.list(signal))] })),

  's3Keys.create': implement(s3KeysCreate, async (wanted, { deps, identity, signal, recordChange }: Context) => {
    refuseStrongerKey(requireIdentity(identity), wanted);
    const created = await deps.s3Keys.create(wanted, signal);
    recordChange({ after: created.key });
    return created;
  }),

  's3Keys.update': implement(s3KeysUpdate, async ({ accessKeyId, ...changes }, { deps, identity, signal, recordChange }: Context) => {
    const before = await deps.s3Keys.get(accessKeyId, signal);
    recordChange({ before });
    if (!onlyDisables(changes))
      refuseStrongerKey(requireIdentity(identity), {
        verbs: changes.verbs ?? before.verbs,
        buckets: changes.buckets ?? before.buckets,
        prefixes: changes.prefixes ?? before.prefixes,
      });
    const after = await deps.s3Keys.update(accessKeyId, changes, signal);
    recordChange({ after });
    return after;
  }),

  's3Keys.rotate': implement(s3KeysRotate, async ({ accessKeyId, overlapSeconds }, { deps, identity, signal, recordChange }: Context) => {
    // Its secret is told, and with it all that the key may do.
    refuseStrongerKey(requireIdentity(identity), await deps.s3Keys.get(accessKeyId, signal));
    const rotated = await deps.s3Keys.rotate(accessKeyId, overlapSeconds, signal);
    recordChange({ after: rotated.key });
    return rotated;
  }),

  's3Keys.revoke': implement(s3KeysRevoke, async ({ accessKeyId }, { deps, signal, recordChange }: Context) => {
    recordChange({ before: await deps.s3Keys.get(accessKeyId, signal) });
    await deps.s3Keys.revoke(accessKeyId, signal);
    return {};
  }),
};
