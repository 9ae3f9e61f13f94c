/** SQL with a name, so that every connection plans it once. Names are unique across the service. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** One statement of a pipeline; `rows` and `rowCount` are filled when it has run. */
export interface Step<Row> {
  readonly statement: Statement;
  readonly values: readonly unknown[];
  /** Leaves every column as the text Postgres sent, for rows that are only passed on. */
  readonly isText?: boolean;
  /** Role it runs as, when that is not the service's own. */
  role?: string;
  rows: Row[];
  rowCount: number;
}

/** A row whose columns are what Postgres sent. */
export type TextRow<Row> = { readonly [Column in keyof Row]: string | null };

/** The same step with its rows left as text. */
export function asText<Row>({ statement, values }: Step<Row>): Step<TextRow<Row>> {
  return { statement, values, isText: true, rows: [], rowCount: 0 };
}

/** A step of a pipeline. The type parameter says what its rows look like; keep it next to the SQL. */
export function step<Row = never>(statement: Statement, values: readonly unknown[] = []): Step<Row> {
  return { statement, values, rows: [], rowCount: 0 };
}
