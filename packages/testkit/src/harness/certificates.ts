import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createTempDir } from './temp-dir.ts';

const run = promisify(execFile);
const PROGRAM = '/usr/bin/openssl';

/** Why certificates cannot be made here, or null. */
export const LACKS_OPENSSL = existsSync(PROGRAM) ? null : 'openssl is not installed';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface TestAuthority {
  /** PEM file of its certificate, and the certificate. */
  readonly caFile: string;
  readonly ca: string;
  /** Directory that everybody may read, gone after `remove`. */
  readonly dir: string;
  /** A certificate for a common name, and for alternative names such as `DNS:localhost` and `IP:127.0.0.1`. */
  issue(commonName: string, alternativeNames?: readonly string[]): Promise<Certificate>;
  remove(): Promise<void>;
}

/** A certificate authority that nobody trusts by himself. */
export async function createTestAuthority(): Promise<TestAuthority> {
  const dir = await createTempDir('ca');
  const file = (name: string) => join(dir.path, name);
  const make = async (name: string, subject: string, extra: readonly string[]): Promise<Certificate> => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file(`${name}.key`)];
    await run(PROGRAM, ['req', '-x509', ...key, '-days', '2', '-subj', `/CN=${subject}`, '-out', file(`${name}.pem`), ...extra]);
    const [cert, privateKey] = await Promise.all([readFile(file(`${name}.pem`), 'utf8'), readFile(file(`${name}.key`), 'utf8')]);
    return { cert, key: privateKey };
  };
  const { cert: ca } = await make('ca', 'Test authority', []);
  let count = 0;
  return {
    caFile: file('ca.pem'),
    ca,
    dir: dir.path,
    issue(commonName, alternativeNames = []) {
      count += 1;
      const names = alternativeNames.length === 0 ? [] : ['-addext', `subjectAltName=${alternativeNames.join(',')}`];
      const issuer = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-addext', 'basicConstraints=critical,CA:FALSE'];
      return make(`leaf-${count}`, commonName, [...issuer, ...names]);
    },
    remove: () => dir.remove(),
  };
}
