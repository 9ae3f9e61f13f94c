import { OPERATIONS } from '@supastor/contract/operations/all';
import type { OperationDefinition } from '@supastor/contract/operations/define';
import { SupastorError } from '@supastor/contract/errors';
import type { Identity } from '../access/identity.ts';
import type { RateLimiter, RateVerdict } from '../limits/rate-limiter.ts';
import type { Caller } from './context.ts';
import type { OperationRouter } from './router.ts';

/** Most runs a minute; 0: any number. */
export interface OperationLimits {
  /** Of one user or API key. */
  readonly perIdentity: number;
  /** Of one user or API key, for each operation that reads much. */
  readonly heavy: number;
  /** From one address, for all that takes a password, link or refresh token together. */
  readonly signIn: number;
}

const RATES = new Map<string, OperationDefinition['rate']>(OPERATIONS.map(({ name, rate }) => [name, rate]));

/** A router that refuses callers who ask too often, before anything is looked at or recorded. @throws SJ_RATE_LIMITED */
export function limitOperations(
  router: OperationRouter,
  { limiter, limits }: { readonly limiter: RateLimiter; readonly limits: OperationLimits },
): OperationRouter {
  async function count(name: string, caller: Caller): Promise<void> {
    const rate = RATES.get(name) ?? null;
    if (rate === 'signIn') note(caller, await limiter.takeExactly(`sign-in ${addressKey(caller.ip)}`, limits.signIn), 'sign-ins');
    const who = caller.identity && identityKey(caller.identity);
    if (who === null) return;
    note(caller, limiter.take(who, limits.perIdentity), 'requests');
    if (rate === 'heavy') note(caller, limiter.take(`${who} ${name}`, limits.heavy), `runs of ${name}`);
  }

  return {
    async run(name, rawInput, caller) {
      await count(name, caller);
      return router.run(name, rawInput, caller);
    },
  };
}

/** What an address is counted under: of IPv6 the network, of which one client has all addresses. */
export function addressKey(ip: string): string {
  if (!ip.includes(':') || ip.startsWith('::ffff:')) return `address ${ip}`;
  const [head = '', tail] = ip.split('::');
  const before = head.split(':').filter((part) => part !== '');
  const after = tail === undefined ? [] : tail.split(':').filter((part) => part !== '');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return `address ${[...before, ...zeros, ...after].slice(0, 4).join(':')}`;
}

/** What a user or key is counted under. */
function identityKey({ apiKeyId, userId, sessionId }: Identity): string {
  return apiKeyId === undefined ? `user ${userId ?? sessionId}` : `key ${apiKeyId}`;
}

function note(caller: Caller, verdict: RateVerdict, what: string): void {
  if (verdict.limit > 0) caller.onLimit?.(verdict);
  refuseBeyond(verdict, what);
}

/** @throws SJ_RATE_LIMITED (meta.retryAfterSeconds) */
export function refuseBeyond({ allowed, limit, resetSeconds }: RateVerdict, what: string): void {
  if (allowed) return;
  throw new SupastorError('SJ_RATE_LIMITED', `More than ${limit} ${what} in a minute.`, {
    hint: `Try again in ${resetSeconds} seconds.`,
    meta: { retryAfterSeconds: resetSeconds },
  });
}
