import type { OperationDeps } from '../../operations/handlers.ts';

const refuse = () => Promise.reject(new Error('not part of this test'));

/** What operations on users, sessions and keys need, for tests that run none of them. */
export const unusedAccess: Pick<
  OperationDeps,
  | 'sessions'
  | 'sessionRegistry'
  | 'apiKeys'
  | 'userAdmin'
  | 'roleAdmin'
  | 'account'
  | 'secondFactors'
  | 'passkeys'
  | 'preferences'
  | 'sso'
  | 'throttle'
  | 'findHolder'
> = {
  sessions: { login: refuse, open: refuse, refresh: refuse, authenticate: refuse, current: refuse, logout: refuse },
  sessionRegistry: {
    started: refuse,
    seen() {},
    list: refuse,
    revoke: refuse,
    revokeOthers: refuse,
    revokeOwn: refuse,
    revokeOfUser: refuse,
    ended() {},
    flush: refuse,
  },
  apiKeys: {
    authenticate: refuse,
    list: refuse,
    holder: refuse,
    create: refuse,
    rotate: refuse,
    revoke: refuse,
    forget() {},
    flush: refuse,
  },
  userAdmin: {
    list: refuse,
    get: refuse,
    invite: refuse,
    resetPassword: refuse,
    rename: refuse,
    disable: refuse,
    enable: refuse,
    remove: refuse,
    grant: refuse,
    revokeGrant: refuse,
  },
  roleAdmin: { list: refuse, create: refuse, update: refuse, remove: refuse },
  account: { links: { inspect: refuse, redeem: refuse }, own: refuse, changePassword: refuse, forgotPassword: refuse },
  secondFactors: {
    state: refuse,
    begin: refuse,
    confirm: refuse,
    check: refuse,
    renewCodes: refuse,
    disable: refuse,
    provePassword: refuse,
    reset: refuse,
  },
  passkeys: {
    available: () => false,
    beginSignIn: refuse,
    signIn: refuse,
    list: refuse,
    beginAdding: refuse,
    add: refuse,
    rename: refuse,
    remove: refuse,
  },
  preferences: { read: refuse, merge: refuse },
  sso: {
    providers: [],
    describe: () => [],
    check: refuse,
    begin: refuse,
    finish: refuse,
    noteSession: refuse,
    signOutUrl: async () => null,
  },
  throttle: { attempt: refuse, undo: refuse, succeed: refuse },
  findHolder: refuse,
};
