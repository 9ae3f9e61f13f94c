import { SSL_MODES, type SslMode } from '@supastor/contract/config/postgres';
import { SupastorError } from '@supastor/contract/errors';

/** TLS as a connection string asks for it. */
export interface TlsParameters {
  /** Of libpq; `require` with a CA stands here as `verify-ca`, which it means. */
  readonly mode: SslMode;
  /** File, or the certificates themselves; null: the well-known authorities. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}

export interface SplitConnectionString {
  /** Without the parameters of TLS. */
  readonly connectionString: string;
  readonly tls: TlsParameters;
}

const NAMES = { ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey' } as const;
/** What the driver would act on by itself. */
const TLS_NAMES = ['ssl', 'sslmode', 'uselibpqcompat', ...Object.values(NAMES)];
const TRUE_WORDS: readonly (string | null)[] = ['true', '1'];

/** Takes TLS out of a connection string. @throws SJ_CONFIG_INVALID naming the parameter */
export function splitTls(connectionString: string): SplitConnectionString {
  const start = connectionString.indexOf('?');
  if (start === -1) return { connectionString, tls: { mode: 'disable', ca: null, cert: null, key: null } };
  const params = new URLSearchParams(connectionString.slice(start + 1));
  const tls = readTls(params);
  for (const name of TLS_NAMES) params.delete(name);
  const rest = params.toString();
  return { connectionString: connectionString.slice(0, start) + (rest === '' ? '' : `?${rest}`), tls };
}

function readTls(params: URLSearchParams): TlsParameters {
  const file = (name: string) => params.get(name) || null;
  const asked = file(NAMES.ca);
  // `system` is how libpq names the authorities that everybody trusts.
  const ca = asked === 'system' ? null : asked;
  const mode = readMode(params, asked !== null);
  const [cert, key] = [file(NAMES.cert), file(NAMES.key)];
  if (mode === 'verify-ca' && ca === null)
    throw invalid('sslmode', 'verify-ca needs the certificate of the authority', 'set sslrootcert to its PEM file, or use verify-full');
  if ((cert === null) !== (key === null))
    throw invalid(cert === null ? NAMES.cert : NAMES.key, 'a certificate and its key belong together', 'set both sslcert and sslkey');
  return { mode: mode === 'require' && ca !== null ? 'verify-ca' : mode, ca, cert, key };
}

function readMode(params: URLSearchParams, hasCa: boolean): SslMode {
  const written = params.get('sslmode');
  // How others spell `require`: encrypted, nothing checked.
  if (written === 'no-verify' || params.get('ssl') === 'no-verify') return 'require';
  const known = SSL_MODES.find((mode) => mode === written);
  if (known !== undefined) return known;
  if (written) throw invalid('sslmode', `there is no mode "${written.slice(0, 40)}"`, `use one of ${SSL_MODES.join(', ')}`);
  return hasCa || TRUE_WORDS.includes(params.get('ssl')) ? 'verify-full' : 'disable';
}

function invalid(name: string, reason: string, hint: string): SupastorError {
  return new SupastorError('SJ_CONFIG_INVALID', `${name} of the connection to Postgres: ${reason}`, { hint });
}
