import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_FIELDS } from '@supastor/contract/config/fields';

/** Where a secret was found, and which. Never the text around it. */
export interface Find {
  readonly where: string;
  readonly canary: string;
}

/** As many characters of a secret as make it a find: what quotes the beginning of a secret has told it. */
const TELLING = 12;

/** Secrets that can be recognised wherever they turn up, also encoded. */
export class Canaries {
  readonly #needles = new Map<string, readonly string[]>();

  /** Of all secrets that are looked for. */
  get names(): readonly string[] {
    return [...this.#needles.keys()];
  }

  /** A new secret; `length` characters. */
  make(name: string, length = 48): string {
    const text = `cnry${randomBytes(length).toString('hex')}`.slice(0, length);
    this.add(name, text);
    return text;
  }

  /** A secret that the product made. Of a JWT what counts is the signature. */
  add(name: string, text: string): void {
    const [, , signature] = text.split('.');
    const telling = (text.startsWith('eyJ') && signature !== undefined ? signature : text).slice(0, TELLING + 8);
    if (telling.length < TELLING) throw new TypeError(`${name} is too short to be recognised`);
    const bytes = Buffer.from(telling);
    // Of base64 only the characters that do not depend on what follows.
    const stable = Math.floor((bytes.length * 4) / 3) - 1;
    this.#needles.set(name, [
      telling.slice(0, TELLING),
      bytes.toString('base64').slice(0, stable),
      bytes.toString('base64url').slice(0, stable),
      bytes.toString('hex'),
      encodeURIComponent(telling).slice(0, TELLING),
    ]);
  }

  search(where: string, text: string): readonly Find[] {
    return [...this.#needles].flatMap(([canary, needles]) => (needles.some((needle) => text.includes(needle)) ? [{ where, canary }] : []));
  }
}

/** Values for every secret of the configuration, by the name of its environment variable. Identifiers of keys are no secrets. */
export function secretEnvironment(canaries: Canaries): Record<string, string> {
  const fields = CONFIG_FIELDS.filter(({ secret, path }) => secret === true && !/accessKeyId$/i.test(path));
  const made = fields.flatMap(({ path, env }) => (env?.[0] === undefined ? [] : [[path, env[0]] as const]));
  // Keys of the API are signed with the secret; what the stack makes of it is added when it is up.
  // Both have a form of their own. Nobody listens at either address.
  const apart = ['auth.anonKey', 'auth.serviceRoleKey', 'auth.jwks', 'access.sso', 'redis.url'];
  const own = made.filter(([path]) => !apart.includes(path));
  const k = Buffer.from(canaries.make('auth.jwks raw', 32)).toString('base64url');
  canaries.add('auth.jwks', k);
  return {
    ...Object.fromEntries(own.map(([path, name]) => [name, canaries.make(path)])),
    SUPASTOR_ACCESS_SSO: JSON.stringify([
      { id: 'corp', name: 'Corp', issuer: 'https://127.0.0.1:1', clientId: 'supastor', clientSecret: canaries.make('access.sso') },
    ]),
    SUPASTOR_REDIS_URL: `redis://:${canaries.make('redis.url')}@127.0.0.1:1`,
    SUPASTOR_JWT_JWKS: JSON.stringify({ keys: [{ kty: 'oct', k, kid: 'extra', alg: 'HS256' }] }),
  };
}

export interface FoundFile extends Find {
  readonly mode: number;
}

/** Files below `root` that hold a secret. Database and bytes of objects are left out: both are behind their own directories. */
export async function searchFiles(canaries: Canaries, root: string): Promise<readonly FoundFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found: FoundFile[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const shown = path.slice(root.length + 1);
    if (/\/(postgres|objects)\//.test(shown)) continue;
    const { mode } = await stat(path);
    const finds = canaries.search(shown, await readFile(path, 'latin1'));
    found.push(...finds.map((find) => ({ ...find, mode: mode & 0o777 })));
  }
  return found;
}

/** Command lines of all processes, as anybody on the machine sees them. */
export async function searchCommandLines(canaries: Canaries): Promise<readonly Find[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid) => [pid, await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')] as const),
  );
  return lines.flatMap(([pid, line]) => canaries.search(`command line of ${pid}: ${line.split('\0')[0]}`, line));
}
