/** One step of the schema. Names sort in the order of application and never change once released. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}
