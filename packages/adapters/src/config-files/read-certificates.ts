import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import { Secret } from '@supastor/contract/secret';
import { deepFreeze } from '@supastor/core/config/freeze';
import { errorCodeOf } from './file-error.ts';

/**
 * Finds the files that TLS to an external Postgres needs, relative to the project. Their content is in the configuration as well, for
 * targets whose services do not see the files of this machine.
 * @throws SJ_CONFIG_INVALID naming the field
 */
export async function readCertificates(config: Config, projectDir: string): Promise<{ config: Config; files: readonly string[] }> {
  const { managed, caFile, certFile, keyFile, ca, cert, key } = config.postgres;
  if (managed && config.postgres.poolerSslMode === undefined) return { config, files: [] };
  const [caPath, certPath, keyPath] = [caFile, certFile, keyFile].map((path) => path && resolve(projectDir, path));
  const [caText, certText, keyText] = await Promise.all([
    read('postgres.caFile', caPath, 'CERTIFICATE'),
    read('postgres.certFile', certPath, 'CERTIFICATE'),
    read('postgres.keyFile', keyPath, 'PRIVATE KEY'),
  ]);
  const files = [caPath, certPath, keyPath].filter((path) => path !== undefined);
  if (files.length === 0) return { config, files };
  const postgres = {
    ...config.postgres,
    ...(caPath !== undefined && { caFile: caPath }),
    ...(certPath !== undefined && { certFile: certPath }),
    ...(keyPath !== undefined && { keyFile: keyPath }),
    ca: caText ?? ca,
    cert: certText ?? cert,
    key: keyText === undefined ? key : new Secret(keyText),
  };
  return { config: deepFreeze({ ...config, postgres }), files };
}

async function read(field: string, path: string | undefined, kind: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (cause) {
    const code = errorCodeOf(cause) ?? 'it cannot be read';
    throw new SupastorError('SJ_CONFIG_INVALID', `${field} names ${path}: ${code === 'ENOENT' ? 'there is no such file' : code}`, {
      hint: `put the file there, or set ${field} to where it is`,
      cause,
    });
  }
  if (content.includes(`${kind}-----`)) return content;
  throw new SupastorError('SJ_CONFIG_INVALID', `${field} names ${path}: there is no ${kind.toLowerCase()} in it`, {
    hint: `it must be a PEM file, with -----BEGIN ${kind}-----`,
  });
}
