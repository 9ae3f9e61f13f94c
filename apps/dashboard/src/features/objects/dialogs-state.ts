import type { TransferVerb } from './transfer/plan-transfer.ts';
import type { Row } from './rows.ts';

/** The dialog that is open over the browser, if any. */
export type ObjectDialog =
  | { readonly type: 'link'; readonly path: string }
  | { readonly type: 'transfer'; readonly verb: TransferVerb; readonly rows: readonly Row[] }
  | { readonly type: 'remove'; readonly rows: readonly Row[] };
