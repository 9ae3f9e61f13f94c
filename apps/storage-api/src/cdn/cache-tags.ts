import { createHash } from 'node:crypto';
import type { PurgeTarget } from './cdn-driver.port.ts';

/** Begins every tag, so that they meet no other of the same zone. */
const PREFIX = 'sj';

/** Tags of an answer about an object: of everything, its bucket and itself; and of pictures, each of them once more. */
export function tagsOf(bucket: string, key: string, isTransform: boolean): readonly string[] {
  const plain = [tag('all'), tag('bucket', bucket), tag('object', bucket, key)];
  return isTransform ? [...plain, tag('all-t'), tag('bucket-t', bucket), tag('object-t', bucket, key)] : plain;
}

/** The tag that names all of a target. */
export function tagOf({ bucket, key, transforms }: PurgeTarget): string {
  const suffix = transforms ? '-t' : '';
  if (bucket === undefined) return tag(`all${suffix}`);
  return key === undefined ? tag(`bucket${suffix}`, bucket) : tag(`object${suffix}`, bucket, key);
}

/** Letters, digits and dashes only, of any name: caches differ in what else a tag may hold. */
function tag(kind: string, ...names: readonly string[]): string {
  if (names.length === 0) return `${PREFIX}-${kind}`;
  return `${PREFIX}-${kind}-${createHash('sha256').update(names.join('\0')).digest('hex').slice(0, 24)}`;
}
