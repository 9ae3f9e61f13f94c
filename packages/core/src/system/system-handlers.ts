import type { OperationOutput } from '@supastor/contract/operations/define';
import { systemInfo, systemServiceKey } from '@supastor/contract/operations/system';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';

export type SystemInfo = Readonly<OperationOutput<typeof systemInfo>>;

type Context = OperationContext<{
  readonly info: SystemInfo;
  /** The key with which this server speaks to storage. */
  readonly serviceRoleKey: string;
}>;

export const systemHandlers = {
  'system.info': implement(systemInfo, (_, { deps }: Context) => deps.info),

  'system.serviceKey': implement(systemServiceKey, (_, { deps }: Context) => ({ serviceRoleKey: deps.serviceRoleKey })),
};
