import type { PasswordHasher } from '@supastor/core/access/user.port';

/** Of argon2id: memory in KiB, passes and threads. */
interface Argon2Cost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** Native code, loaded when the first password comes. */
const load = () => import('@node-rs/argon2');

/** 19 MiB and two passes: 20-40 ms on a current core. */
const TODAY: Argon2Cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** argon2id hashes in PHC format. Without a hash to compare with, one of a random password takes its place. */
export function createArgon2Hasher(cost: Argon2Cost = TODAY): PasswordHasher {
  let nobody: Promise<string> | null = null;
  const hash = async (password: string) => (await load()).hash(password.normalize('NFKC'), cost);
  return {
    hash,
    async verify(stored, password) {
      const { verify } = await load();
      nobody ??= hash(crypto.randomUUID());
      const compared = stored ?? (await nobody);
      const matches = await verify(compared, password.normalize('NFKC')).catch(() => false);
      return { matches: matches && stored !== null, outdated: stored !== null && !isOf(cost, stored) };
    },
  };
}

function isOf({ memoryCost, timeCost, parallelism }: Argon2Cost, stored: string): boolean {
  return stored.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
}
