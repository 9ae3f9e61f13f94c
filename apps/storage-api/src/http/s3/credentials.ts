import type { ResolveCredentials } from '../../access/sigv4/credentials.port.ts';
import { S3Error } from '../../access/sigv4/s3-error.ts';
import type { Caller, TokenVerifier } from '../../access/token-verifier.ts';
import { ProtocolError } from '../../errors.ts';
import { type AccessScope, FULL_SCOPE } from '../../s3-keys/access-scope.ts';
import type { AddressRanges } from '../../s3-keys/address-ranges.ts';
import type { KeyDirectory } from '../../s3-keys/key-directory.ts';
import type { S3Settings } from './call.ts';

/** Whom a signature stands for, and what its key may be used for. */
export interface S3Identity {
  readonly caller: Caller;
  readonly scope: AccessScope;
  /** From where; null: anywhere. */
  readonly addresses: AddressRanges | null;
  /** Id of a stored key; null for the configured pair and in session mode. */
  readonly storedKeyId: string | null;
}

const SERVICE_ROLE: Caller = { role: 'service_role', subject: '', claims: '{"role":"service_role"}', token: '' };

interface Sources {
  readonly settings: S3Settings;
  readonly verifier: TokenVerifier;
  readonly keys: KeyDirectory;
}

/**
 * The three kinds of S3 credentials: the configured pair acts as service_role without limits; stored keys act as their role within
 * their scope; in session mode the access key is the tenant, the secret the anon key and the session token a user's JWT, whose role
 * then applies.
 */
export function createCredentialResolver({ settings, verifier, keys }: Sources): ResolveCredentials<S3Identity> {
  const { keyPair, tenantId, anonKey } = settings;
  return async (accessKeyId, sessionToken) => {
    if (sessionToken !== null) {
      if (anonKey === null || accessKeyId !== tenantId) return null;
      return { secrets: [anonKey], identify: async () => unlimited(await identifySession(verifier, sessionToken)) };
    }
    if (keyPair !== null && accessKeyId === keyPair.accessKeyId) {
      return { secrets: [keyPair.secret], identify: async () => unlimited(SERVICE_ROLE) };
    }
    const key = await keys.find(accessKeyId);
    if (key === null) return null;
    const { id: storedKeyId, secrets, caller, scope, addresses } = key;
    return { secrets, identify: async () => ({ caller, scope, addresses, storedKeyId }) };
  };
}

function unlimited(caller: Caller): S3Identity {
  return { caller, scope: FULL_SCOPE, addresses: null, storedKeyId: null };
}

async function identifySession(verifier: TokenVerifier, token: string): Promise<Caller> {
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const isExpired = error.message.includes('"exp"');
    throw new S3Error(isExpired ? 'ExpiredToken' : 'InvalidToken', undefined, { cause: error });
  }
}
