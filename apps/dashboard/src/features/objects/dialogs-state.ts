import type { Row } from './rows.ts';

/** The dialog that is open over the browser, if any. */
export type ObjectDialog =
  | { readonly type: 'link'; readonly path: string }
  | { readonly type: 'move'; readonly path: string }
  | { readonly type: 'move-many'; readonly paths: readonly string[] }
  | { readonly type: 'remove'; readonly rows: readonly Row[] };
