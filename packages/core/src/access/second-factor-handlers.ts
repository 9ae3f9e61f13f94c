import {
  accountBeginSecondFactor,
  accountConfirmSecondFactor,
  accountDisableSecondFactor,
  accountRenewRecoveryCodes,
  accountSecondFactor,
} from '@supastor/contract/operations/second-factor';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { isoOrNull } from '../operations/iso-time.ts';
import { toSignedIn } from '../session/signed-in.ts';
import { type Identity, requireIdentity } from './identity.ts';
import { type LoginThrottle, refuseWhenLocked } from './login-throttle.ts';
import { type RenewDeps, renewSession } from './renew-session.ts';
import type { SecondFactors } from './second-factors.ts';

type Context = OperationContext<RenewDeps & { readonly secondFactors: SecondFactors; readonly throttle: LoginThrottle }>;

export const secondFactorHandlers = {
  'account.secondFactor': implement(accountSecondFactor, async (_, { deps, identity }: Context) => {
    const { confirmedAtMs, codesLeft, required } = await deps.secondFactors.state(requireIdentity(identity));
    const since = isoOrNull(confirmedAtMs);
    return { enabled: since !== null, since, recoveryCodesLeft: codesLeft, required };
  }),

  'account.beginSecondFactor': implement(accountBeginSecondFactor, ({ password }, context: Context) =>
    guarded(context, ({ secondFactors }, own) => secondFactors.begin(own, password)),
  ),

  'account.confirmSecondFactor': implement(accountConfirmSecondFactor, async ({ code }, context: Context) => {
    const recoveryCodes = await guarded(context, ({ secondFactors }, own) => secondFactors.confirm(own, code));
    const { userId } = requireIdentity(context.identity);
    context.recordChange({ after: { userId, secondFactor: true } });
    if (userId !== null) context.emit('user.changed', { userId });
    return { ...toSignedIn(await renewSession(context, { strong: true })), recoveryCodes: [...recoveryCodes] };
  }),

  'account.renewRecoveryCodes': implement(accountRenewRecoveryCodes, async (proof, context: Context) => ({
    recoveryCodes: [...(await guarded(context, ({ secondFactors }, own) => secondFactors.renewCodes(own, proof)))],
  })),

  'account.disableSecondFactor': implement(accountDisableSecondFactor, async (proof, context: Context) => {
    await guarded(context, ({ secondFactors }, own) => secondFactors.disable(own, proof));
    const { userId } = requireIdentity(context.identity);
    context.recordChange({ after: { userId, secondFactor: false } });
    if (userId !== null) context.emit('user.changed', { userId });
    return {};
  }),
};

/** Counts wrong passwords and codes of whoever has a session but does not know them. */
async function guarded<T>({ deps, identity }: Context, act: (deps: Context['deps'], own: Identity) => Promise<T>): Promise<T> {
  const own = requireIdentity(identity);
  const keys = [`password:${own.userId}`];
  refuseWhenLocked(await deps.throttle.attempt(keys));
  const result = await act(deps, own);
  await deps.throttle.succeed(keys);
  return result;
}
