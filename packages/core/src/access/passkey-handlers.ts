import {
  accountAddPasskey,
  accountPasskeyOptions,
  accountPasskeys,
  accountRemovePasskey,
  accountRenamePasskey,
  type Passkey,
  sessionMethods,
  sessionPasskey,
  sessionPasskeyOptions,
} from '@supastor/contract/operations/passkeys';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { isoOrNull } from '../operations/iso-time.ts';
import { toSignedIn } from '../session/signed-in.ts';
import { requireIdentity } from './identity.ts';
import { type LoginThrottle, refuseWhenLocked } from './login-throttle.ts';
import type { StoredPasskey } from './passkey.port.ts';
import type { Passkeys } from './passkeys.ts';
import type { SessionService } from './session-service.ts';
import type { SingleSignOn } from './single-sign-on.ts';

type Context = OperationContext<{
  readonly passkeys: Passkeys;
  readonly sessions: Pick<SessionService, 'open'>;
  readonly throttle: LoginThrottle;
  readonly sso: Pick<SingleSignOn, 'providers'>;
}>;

export const passkeyHandlers = {
  'session.methods': implement(sessionMethods, (_, { deps }: Context) => ({
    passkeys: deps.passkeys.available(),
    providers: [...deps.sso.providers],
  })),

  'session.passkeyOptions': implement(sessionPasskeyOptions, (_, { deps }: Context) => deps.passkeys.beginSignIn()),

  'session.passkey': implement(sessionPasskey, async ({ ticket, credential }, { deps, caller, emit, recordChange }: Context) => {
    const { ip, userAgent } = caller;
    const keys = [`ip:${ip}`];
    refuseWhenLocked(await deps.throttle.attempt(keys));
    const userId = await deps.passkeys.signIn(ticket, credential);
    await deps.throttle.undo(keys);
    const started = await deps.sessions.open(userId, { ip, userAgent, strong: true });
    recordChange({ after: { userId } });
    emit('session.started', { sessionId: started.identity.sessionId, email: started.identity.email });
    return toSignedIn(started);
  }),

  'account.passkeys': implement(accountPasskeys, async (_, { deps, identity }: Context) => ({
    passkeys: (await deps.passkeys.list(requireIdentity(identity))).map(toPasskey),
  })),

  'account.passkeyOptions': implement(accountPasskeyOptions, async ({ password }, { deps, identity }: Context) => {
    const own = requireIdentity(identity);
    const keys = [`password:${own.userId}`];
    refuseWhenLocked(await deps.throttle.attempt(keys));
    const begun = await deps.passkeys.beginAdding(own, password);
    await deps.throttle.succeed(keys);
    return begun;
  }),

  'account.addPasskey': implement(accountAddPasskey, async (wanted, { deps, identity, recordChange }: Context) => {
    const added = toPasskey(await deps.passkeys.add(requireIdentity(identity), wanted));
    recordChange({ after: added });
    return added;
  }),

  'account.renamePasskey': implement(accountRenamePasskey, async ({ id, name }, { deps, identity, recordChange }: Context) => {
    const renamed = toPasskey(await deps.passkeys.rename(requireIdentity(identity), id, name));
    recordChange({ after: renamed });
    return renamed;
  }),

  'account.removePasskey': implement(accountRemovePasskey, async ({ id }, { deps, identity, recordChange }: Context) => {
    recordChange({ before: toPasskey(await deps.passkeys.remove(requireIdentity(identity), id)) });
    return {};
  }),
};

function toPasskey({ id, name, synced, createdAtMs, lastUsedAtMs }: StoredPasskey): Passkey {
  return { id, name, synced, createdAt: new Date(createdAtMs).toISOString(), lastUsedAt: isoOrNull(lastUsedAtMs) };
}
