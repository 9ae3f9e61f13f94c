import type { S3Key } from '@supastor/contract/wire/s3-key';
import type { Style } from '../../context.ts';
import { formatTable } from '../../output/table.ts';

/** One line a key. */
export function formatKeys(keys: readonly S3Key[], style: Style, nowMs: number): string {
  if (keys.length === 0) return `There are no access keys. Make one with ${style.bold('supastor s3-keys create <name>')}.`;
  const head = ['ACCESS KEY', 'NAME', 'STATE', 'MAY', 'WHERE', 'AS', 'LAST USED'].map((text) => style.dim(text));
  const rows = keys.map((key) => [
    key.accessKeyId,
    key.name,
    stateOf(key, style, nowMs),
    key.verbs.join(','),
    placesOf(key),
    key.role,
    key.lastUsedAt ?? 'never',
  ]);
  return formatTable([head, ...rows]);
}

/** Buckets and prefixes in the form of paths. */
export function placesOf({ buckets, prefixes }: Pick<S3Key, 'buckets' | 'prefixes'>): string {
  if (prefixes.length === 0) return buckets.join(' ');
  return buckets.flatMap((bucket) => prefixes.map((prefix) => `${bucket}/${prefix}`)).join(' ');
}

function stateOf(key: S3Key, style: Style, nowMs: number): string {
  if (!key.usable) return style.red('unusable');
  if (!key.enabled) return style.yellow('disabled');
  if (key.expiresAt !== null && Date.parse(key.expiresAt) <= nowMs) return style.yellow('expired');
  return style.green(key.previousSecretUntil === null ? 'active' : 'rotating');
}
