import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { checkServerIdentity, type ConnectionOptions, createSecureContext, type SecureContext } from 'node:tls';
import { SupastorError } from '@supastor/contract/errors';
import { Client } from 'pg';
import type { ServerAddress } from './speaks-tls.ts';
import { splitTls, type TlsParameters } from './tls-parameters.ts';

/** What the driver takes. */
export interface PostgresOptions {
  readonly connectionString: string;
  readonly ssl: false | ConnectionOptions;
}

/**
 * A connection string with parameters of libpq, as the driver takes it. Files are read anew each time, so that a renewed certificate is
 * used by the next connection. `prefer` stands for `require` here: see {@link PostgresClient} and settlePreference.
 * @throws SJ_CONFIG_INVALID
 */
export function connectionOptions(url: string): PostgresOptions {
  const { connectionString, tls } = splitTls(url);
  return { connectionString, ssl: tls.mode === 'disable' ? false : tlsOptions(tls, addressOf(connectionString).host) };
}

/** Where a connection string leads to. */
export function addressOf(url: string): ServerAddress {
  const { host, port } = new Client({ connectionString: splitTls(url).connectionString });
  return { host, port };
}

function tlsOptions(tls: TlsParameters, host: string): ConnectionOptions {
  const secureContext = contextOf({
    ca: contentOf('sslrootcert', tls.ca),
    cert: contentOf('sslcert', tls.cert),
    key: contentOf('sslkey', tls.key),
  });
  switch (tls.mode) {
    case 'verify-full':
      // Versions of the driver differ in what they compare the certificate of an address with.
      return { secureContext, checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate) };
    case 'verify-ca':
      return { secureContext, checkServerIdentity: () => undefined };
    default:
      return { secureContext, rejectUnauthorized: false };
  }
}

interface Material {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

const CERTIFICATES = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----[\s\S]*?(?:-----END [A-Z0-9 ]*CERTIFICATE-----|$)/g;
const MAX_CONTEXTS = 8;
const contexts = new Map<string, SecureContext>();

/** Parsing certificates takes longer than the handshake, so it is done once for each content. */
function contextOf(material: Material): SecureContext {
  const name = JSON.stringify(material);
  const known = contexts.get(name);
  if (known !== undefined) return known;
  const context = parse(material);
  if (contexts.size >= MAX_CONTEXTS) contexts.clear();
  contexts.set(name, context);
  return context;
}

function parse(material: Material): SecureContext {
  try {
    // What is no certificate would be passed over in silence.
    for (const block of material.ca?.match(CERTIFICATES) ?? []) void new X509Certificate(block);
    return createSecureContext(material);
  } catch (cause) {
    throw new SupastorError('SJ_CONFIG_INVALID', `The certificates or the key for Postgres cannot be used: ${textOf(cause)}`, {
      hint: 'they must be PEM files, and the key must be that of the certificate',
      cause,
    });
  }
}

const PEM = /-----BEGIN [A-Z0-9 ]*(?:CERTIFICATE|PRIVATE KEY)-----/;

function contentOf(name: string, fileOrContent: string | null): string | undefined {
  if (fileOrContent === null) return undefined;
  const content = PEM.test(fileOrContent) ? fileOrContent : read(name, fileOrContent);
  if (PEM.test(content)) return content;
  // Without a certificate in it, nothing would be trusted or, worse, everybody.
  throw new SupastorError('SJ_CONFIG_INVALID', `${name} of the connection to Postgres: there is no PEM in it`, {
    hint: 'it must be, or name, a text with -----BEGIN CERTIFICATE-----',
  });
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SupastorError('SJ_CONFIG_INVALID', `${name} of the connection to Postgres names ${path}: ${textOf(cause)}`, {
      hint: 'the file must exist, and the user of the process must be allowed to read it',
      cause,
    });
  }
}

function textOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'there is no such file';
  return error instanceof Error ? error.message : String(error);
}
