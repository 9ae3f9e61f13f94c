import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { labelOf } from './paths.ts';

/**
 * A line of the browser. The key is the object's path or the folder's prefix. They never collide: prefixes end in a slash, and of objects
 * only the one that is called like the folder it is shown in.
 */
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
      .map((prefix): Row => ({ kind: 'folder', key: prefix, name: labelOf(prefix, 'folder') })),
    ...page.objects.map((object): Row => ({ kind: 'object', key: object.path, name: labelOf(object.path, 'object'), object })),
  ]);
}
