import { s3KeysCreate, s3KeysList, s3KeysRevoke, s3KeysRotate, s3KeysUpdate } from '@supastor/contract/operations/s3-keys';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { S3KeyAdmin } from './s3-key-admin.port.ts';

type Context = OperationContext<{ readonly s3Keys: S3KeyAdmin }>;

export const s3KeyHandlers = {
  's3Keys.list': implement(s3KeysList, async (_, { deps, signal }: Context) => ({ keys: [...(await deps.s3Keys.list(signal))] })),

  's3Keys.create': implement(s3KeysCreate, async (wanted, { deps, signal, recordChange }: Context) => {
    const created = await deps.s3Keys.create(wanted, signal);
    recordChange({ after: created.key });
    return created;
  }),

  's3Keys.update': implement(s3KeysUpdate, async ({ accessKeyId, ...changes }, { deps, signal, recordChange }: Context) => {
    recordChange({ before: await deps.s3Keys.get(accessKeyId, signal) });
    const after = await deps.s3Keys.update(accessKeyId, changes, signal);
    recordChange({ after });
    return after;
  }),

  's3Keys.rotate': implement(s3KeysRotate, async ({ accessKeyId, overlapSeconds }, { deps, signal, recordChange }: Context) => {
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
