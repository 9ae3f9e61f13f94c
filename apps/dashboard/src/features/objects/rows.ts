import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { baseName } from './paths.ts';

/** A line of the browser. The key is the object's path or the folder's prefix, which never collide (prefixes end in a slash). */
export type Row =
  | { readonly kind: 'folder'; readonly key: string; readonly name: string }
  | { readonly kind: 'object'; readonly key: string; readonly name: string; readonly object: ObjectEntry };

interface Page {
  readonly folders: readonly string[];
  readonly objects: readonly ObjectEntry[];
}

/** Lines of the pages loaded so far, folders first within each page so that later pages never shift earlier ones. */
export function rowsOf(pages: readonly Page[]): Row[] {
  const seen = new Set<string>();
  return pages.flatMap((page) => [
    ...page.folders
      .filter((prefix) => !seen.has(prefix) && seen.add(prefix))
      .map((prefix): Row => ({ kind: 'folder', key: prefix, name: baseName(prefix) })),
    ...page.objects.map((object): Row => ({ kind: 'object', key: object.path, name: baseName(object.path), object })),
  ]);
}
