import { CONFIG_FIELDS } from '@supastor/contract/config/fields';
import type { Config } from '@supastor/contract/config/schema';
import { Secret } from '@supastor/contract/secret';
import { readPath, writePath } from './paths.ts';

/** The configuration as plain data in the order of the schema, unset fields left out; secrets as `***` unless revealed. */
export function toPlainConfig(config: Config, revealSecrets: boolean): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const { path } of CONFIG_FIELDS) {
    const value = readPath(config, path);
    if (value === undefined) continue;
    writePath(plain, path, value instanceof Secret ? toText(value, revealSecrets) : value);
  }
  return plain;
}

function toText(secret: Secret, reveal: boolean): string {
  return reveal ? secret.reveal() : secret.toString();
}
