/** SQL with a name, so that every connection plans it once. Names are unique across the service. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** One statement of a pipeline; `rows` and `rowCount` are filled when it has run. */
export interface Step<Row> {
  readonly statement: Statement;
  readonly values: readonly unknown[];
  rows: Row[];
  rowCount: number;
}

/** A step of a pipeline. The type parameter says what its rows look like; keep it next to the SQL. */
export function step<Row = never>(statement: Statement, values: readonly unknown[] = []): Step<Row> {
  return { statement, values, rows: [], rowCount: 0 };
}
