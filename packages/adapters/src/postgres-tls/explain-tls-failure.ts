import type { SslMode } from '@supastor/contract/config/postgres';
import { SupastorError } from '@supastor/contract/errors';

export interface Attempt {
  readonly host: string;
  readonly port: number;
  readonly mode: SslMode;
}

interface Explanation {
  readonly reason: string;
  readonly hint: string;
}

const CA_HINT = 'set postgres.caFile (sslrootcert) to the PEM file of the authority that has issued it';
const UNTRUSTED = ['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_UNTRUSTED'];
const WITHOUT_ISSUER = ['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE', 'CERT_CHAIN_TOO_LONG'];

/** What went wrong with TLS, in words for whoever has configured it; null when TLS is not what failed. */
export function explainTlsFailure(error: unknown, attempt: Attempt): SupastorError | null {
  const { host, port } = attempt;
  const explanation = explain(error, attempt);
  if (explanation === null) return null;
  return new SupastorError('SJ_DATABASE_UNREACHABLE', `Postgres at ${host}:${port}: ${explanation.reason}`, {
    hint: explanation.hint,
    cause: error,
    meta: { host, port, sslMode: attempt.mode },
  });
}

function explain(error: unknown, { host, mode }: Attempt): Explanation | null {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const { message } = error;
  if (message === 'The server does not support SSL connections')
    return {
      reason: `the server does not speak TLS, which sslMode ${mode} asks for`,
      hint: 'turn it on there (ssl = on), or set postgres.sslMode: disable if the way to it is safe',
    };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      reason: `its certificate is for another host (${namesOf(error)})`,
      hint: `set postgres.host to a name in the certificate, have one issued for ${host}, or check only the CA with postgres.sslMode: verify-ca`,
    };
  if ([...UNTRUSTED, ...WITHOUT_ISSUER].includes(code)) return { reason: `its certificate is not trusted (${message})`, hint: CA_HINT };
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return {
      reason: `its certificate is not valid now (${message})`,
      hint: 'renew it there; if it is valid, set the clock of this machine',
    };
  return explainHandshake(code, message, mode);
}

function explainHandshake(code: string, message: string, mode: SslMode): Explanation | null {
  if (code === '28000' && /no encryption|SSL off/.test(message))
    return { reason: 'it takes connections with TLS only', hint: 'set postgres.sslMode: verify-full and postgres.caFile' };
  if (code === '28000' && /SSL encryption|SSL on/.test(message))
    return { reason: `it refuses this connection (${message})`, hint: 'allow it in pg_hba.conf there' };
  if (
    /valid client certificate|certificate required|client certificate/i.test(message) ||
    code === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'
  )
    return { reason: `it asks for a certificate of the client (${message})`, hint: 'set postgres.certFile and postgres.keyFile' };
  if (/certificate authentication failed/.test(message))
    return { reason: message, hint: 'the certificate in postgres.certFile must be for the user (CN) that we sign in as' };
  if (/unknown ca|bad certificate|certificate unknown/i.test(message))
    return {
      reason: `it does not accept our certificate (${message})`,
      hint: 'postgres.certFile must be of an authority that it trusts (ssl_ca_file)',
    };
  if (code.startsWith('ERR_SSL') || code === 'EPROTO' || message === 'There was an error establishing an SSL connection')
    return { reason: `TLS could not be agreed on (${message})`, hint: `sslMode is ${mode}; look at the log of the server` };
  return null;
}

/** Of the certificate that the server has shown. */
function namesOf(error: Error): string {
  const certificate: unknown = 'cert' in error ? error.cert : null;
  if (typeof certificate !== 'object' || certificate === null) return 'its names are unknown';
  const names = 'subjectaltname' in certificate ? certificate.subjectaltname : undefined;
  return typeof names === 'string' ? names.slice(0, 200) : 'it names none';
}
