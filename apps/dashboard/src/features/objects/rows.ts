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

/** Pages never change once they are there: their lines are made once, however many follow. */
const madeRows = new WeakMap<Page, readonly Row[]>();

/** Lines of the pages loaded so far, folders first within each page so that later pages never shift earlier ones. */
export function rowsOf(pages: readonly Page[]): Row[] {
  const seen = new Set<string>();
  return pages.flatMap((page) => {
    const rows = rowsOfPage(page);
    const isRepeating = page.folders.some((prefix) => seen.has(prefix));
    const fresh = isRepeating ? rows.filter((row) => row.kind === 'object' || !seen.has(row.key)) : rows;
    for (const prefix of page.folders) seen.add(prefix);
    return fresh;
  });
}

function rowsOfPage(page: Page): readonly Row[] {
  const known = madeRows.get(page);
  if (known !== undefined) return known;
  const rows = [
    ...page.folders.map((prefix): Row => ({ kind: 'folder', key: prefix, name: labelOf(prefix, 'folder') })),
    ...page.objects.map((object): Row => ({ kind: 'object', key: object.path, name: labelOf(object.path, 'object'), object })),
  ];
  madeRows.set(page, rows);
  return rows;
}

/** The next object after a line, or with -1 the one before, past folders; undefined at the ends. */
export function objectBeside(rows: readonly Row[], index: number, by: 1 | -1): Row | undefined {
  let at = index + by;
  while (rows[at]?.kind === 'folder') at += by;
  return rows[at];
}
