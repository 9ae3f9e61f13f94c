import { SupastorError } from '@supastor/contract/errors';
import type { StorageVerb } from '@supastor/contract/operations/policies';
import type { SignedLink } from '@supastor/contract/wire/signed-link';
import type { LinkAdmin } from '../links/link-admin.port.ts';

const MOST = 100;

interface Place {
  readonly verb: StorageVerb;
  readonly bucket: string;
  readonly path: string;
}

/** Links that are alive and do `verb` to exactly this path. */
export async function liveLinks(links: LinkAdmin, { verb, bucket, path }: Place, signal: AbortSignal): Promise<readonly SignedLink[]> {
  const scope = SCOPES.get(verb);
  if (scope === undefined) return [];
  const found = await links.list({ bucket, path, state: 'live', limit: MOST }, signal);
  return found.links.filter((link) => link.scope === scope);
}

const SCOPES: ReadonlyMap<StorageVerb, SignedLink['scope']> = new Map([
  ['read', 'download'],
  ['upload', 'upload'],
  ['overwrite', 'upload'],
]);

/** The official storage server keeps neither keys nor links: there are none then. */
export async function whereKept<T>(list: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof SupastorError && error.code === 'SJ_TARGET_UNSUPPORTED') return [];
    throw error;
  }
}
