import type { ResolveCredentials } from '../../access/sigv4/credentials.port.ts';
import { S3Error } from '../../access/sigv4/s3-error.ts';
import type { Caller, TokenVerifier } from '../../access/token-verifier.ts';
import { ProtocolError } from '../../errors.ts';
import type { S3Settings } from './call.ts';

const SERVICE_ROLE: Caller = { role: 'service_role', subject: '', claims: '{"role":"service_role"}', token: '' };

/**
 * The two kinds of S3 credentials: the configured pair acts as service_role; in session mode the access key is the tenant,
 * the secret the anon key and the session token a user's JWT, whose role then applies.
 */
export function createCredentialResolver(settings: S3Settings, verifier: TokenVerifier): ResolveCredentials<Caller> {
  const { keyPair, tenantId, anonKey } = settings;
  return async (accessKeyId, sessionToken) => {
    if (sessionToken === null) {
      if (keyPair === null || accessKeyId !== keyPair.accessKeyId) return null;
      return { secret: keyPair.secret, identify: async () => SERVICE_ROLE };
    }
    if (anonKey === null || accessKeyId !== tenantId) return null;
    return { secret: anonKey, identify: () => identifySession(verifier, sessionToken) };
  };
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
