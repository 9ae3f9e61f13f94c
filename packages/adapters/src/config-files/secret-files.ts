import { readFileSync } from 'node:fs';
import { SupastorError } from '@supastor/contract/errors';

type Environment = Readonly<Record<string, string | undefined>>;

const SUFFIX = '_FILE';
/** What points to a file by its own meaning. */
const NOT_SECRETS: ReadonlySet<string> = new Set(['SSL_CERT_FILE']);

/**
 * Reads `<NAME>_FILE` into `<NAME>` where only the former is set, as images take secrets without showing them in their environment.
 * One line break at the end is not part of the secret.
 * @throws SJ_CONFIG_INVALID naming the variable whose file cannot be read
 */
export function withSecretFiles(env: Environment): Record<string, string | undefined> {
  const result = { ...env };
  for (const [variable, path] of Object.entries(env)) {
    if (!variable.endsWith(SUFFIX) || !path?.startsWith('/') || NOT_SECRETS.has(variable)) continue;
    const name = variable.slice(0, -SUFFIX.length);
    if (env[name] === undefined || env[name] === '') result[name] = read(variable, path);
  }
  return result;
}

function read(variable: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    throw new SupastorError('SJ_CONFIG_INVALID', `${variable} names ${path}: ${why}`, {
      hint: 'the file must exist, and the user of the process must be allowed to read it',
      cause: error,
    });
  }
}
