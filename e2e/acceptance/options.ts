import { readFileSync } from 'node:fs';
import { parseArgs, parseEnv } from 'node:util';
import { PROFILES, type Profile } from './check.ts';

export interface Options {
  /** Base that `new StorageClient(url)` takes, without a slash at the end. */
  readonly url: string;
  readonly anonKey: string;
  readonly serviceKey: string;
  readonly jwtSecret: string | null;
  readonly s3: { readonly url: string; readonly accessKeyId: string; readonly secretAccessKey: string } | null;
  readonly databaseUrl: string | null;
  readonly metaUrl: string | null;
  readonly profile: Profile;
  /** Leaves out what only we do. */
  readonly isUpstream: boolean;
  /** Runs only checks whose name holds this text. */
  readonly only: string;
}

export const USAGE = `Usage: npm run acceptance -- --url <STORAGE_URL> [options]

  --keys <file>            any of the variables on the right as NAME=value lines; "-" reads standard input
  --url <url>              base that storage clients take      STORAGE_URL
  --anon-key <jwt>         token of the role anon              ANON_KEY
  --service-key <jwt>      token of the role service_role      SERVICE_ROLE_KEY
  --jwt-secret <secret>    to sign tokens of test users        JWT_SECRET
  --s3-url <url>           S3 endpoint; default <url>/s3       STORAGE_S3_URL
  --s3-access-key <id>     S3 key pair                         S3_PROTOCOL_ACCESS_KEY_ID
  --s3-secret-key <secret>                                     S3_PROTOCOL_ACCESS_KEY_SECRET
  --db-url <url>           Postgres superuser, for policies    DB_URL
  --meta-url <url>         or postgres-meta, for policies      META_URL
  --profile <name>         ${PROFILES.join(' | ')}; default full; each holds the ones before it
  --upstream               leave out what only Supastorj does better
  --only <text>            only checks whose name holds the text

Each value is read from the variable on the right when the flag is missing, first in the file of --keys, then in
the environment: what "supastor status --show-secrets -o env" prints. Keys are never printed.
`;

/** @throws Error with a sentence for the user when something is missing or unknown */
export function parseOptions(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Options {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      keys: text,
      url: text,
      'anon-key': text,
      'service-key': text,
      'jwt-secret': text,
      's3-url': text,
      's3-access-key': text,
      's3-secret-key': text,
      'db-url': text,
      'meta-url': text,
      profile: text,
      only: text,
      upstream: flag,
      'strict-better': flag,
    },
  });
  if (values.upstream === true && values['strict-better'] === true) throw new Error('--upstream and --strict-better exclude each other');
  const env = { ...environment, ...(values.keys === undefined ? {} : readKeys(values.keys)) };
  const optional = (given: string | undefined, name: string) => given ?? (env[name] === '' ? null : (env[name] ?? null));
  const required = (given: string | undefined, name: string, flagName: string) => {
    const value = optional(given, name);
    if (value === null) throw new Error(`${flagName} is missing, and so is ${name} in the environment`);
    return value;
  };
  const url = required(values.url, 'STORAGE_URL', '--url').replace(/\/+$/, '');
  const accessKeyId = optional(values['s3-access-key'], 'S3_PROTOCOL_ACCESS_KEY_ID');
  const secretAccessKey = optional(values['s3-secret-key'], 'S3_PROTOCOL_ACCESS_KEY_SECRET');
  const s3Url = values['s3-url'] ?? (values.url === undefined ? optional(undefined, 'STORAGE_S3_URL') : null) ?? `${url}/s3`;
  return {
    url,
    anonKey: required(values['anon-key'], 'ANON_KEY', '--anon-key'),
    serviceKey: required(values['service-key'], 'SERVICE_ROLE_KEY', '--service-key'),
    jwtSecret: optional(values['jwt-secret'], 'JWT_SECRET'),
    s3: accessKeyId === null || secretAccessKey === null ? null : { url: s3Url, accessKeyId, secretAccessKey },
    databaseUrl: optional(values['db-url'], 'DB_URL'),
    metaUrl: optional(values['meta-url'], 'META_URL'),
    profile: parseProfile(values.profile ?? 'full'),
    isUpstream: values.upstream ?? false,
    only: values.only ?? '',
  };
}

/** Nothing of what is in the file may get into the message. */
function readKeys(path: string): Readonly<Record<string, string | undefined>> {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Error(`--keys ${path} cannot be read (${reason}); write it with: supastor status --show-secrets -o env`, { cause: error });
  }
  const found = parseEnv(text);
  if (Object.keys(found).length === 0) throw new Error(`--keys ${path} holds no NAME=value line`);
  return found;
}

function parseProfile(name: string): Profile {
  const profile = PROFILES.find((candidate) => candidate === name);
  if (profile === undefined) throw new Error(`there is no profile "${name}"; take one of ${PROFILES.join(', ')}`);
  return profile;
}
