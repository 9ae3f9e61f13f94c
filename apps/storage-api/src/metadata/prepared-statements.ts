import { type Connection, types } from 'pg';
import { readTimestamp } from './read-timestamp.ts';

export interface Columns {
  readonly names: readonly string[];
  readonly parsers: readonly ((text: string) => unknown)[];
  /** An object with all names, so that rows have one shape. */
  readonly blank: Readonly<Record<string, unknown>>;
}

interface Expected {
  readonly name: string;
  readonly owner: object;
}

/** Which statements a connection has prepared, and which columns they answer with. */
export class PreparedStatements {
  static readonly #known = new WeakMap<Connection, PreparedStatements>();
  readonly #parsed = new Map<string, Columns | undefined>();
  /** Sent and not yet confirmed, in the order of sending. */
  #expected: Expected[] = [];

  private constructor(connection: Connection) {
    connection.on('parseComplete', () => {
      const confirmed = this.#expected.shift();
      if (confirmed !== undefined) this.#parsed.set(confirmed.name, undefined);
    });
  }

  static of(connection: Connection): PreparedStatements {
    const statements = PreparedStatements.#known.get(connection) ?? new PreparedStatements(connection);
    PreparedStatements.#known.set(connection, statements);
    return statements;
  }

  isSent(name: string): boolean {
    return this.#parsed.has(name) || this.#expected.some((expected) => expected.name === name);
  }

  /** The statement is about to be sent. */
  expect(name: string, owner: object): void {
    this.#expected.push({ name, owner });
  }

  /** After an error Postgres skips the rest of a batch: what it has not confirmed by now it never prepares. */
  forget(owner: object): void {
    this.#expected = this.#expected.filter((expected) => expected.owner !== owner);
  }

  /** Undefined until Postgres has described them once. */
  columns(name: string): Columns | undefined {
    return this.#parsed.get(name);
  }

  describe(name: string, columns: Columns): void {
    this.#parsed.set(name, columns);
  }
}

export function readColumns(fields: readonly { readonly name: string; readonly dataTypeID: number }[]): Columns {
  return {
    names: fields.map(({ name }) => name),
    parsers: fields.map(({ dataTypeID }) => parserOf(dataTypeID)),
    blank: Object.fromEntries(fields.map(({ name }) => [name, null])),
  };
}

const TIMESTAMPTZ: number = types.builtins.TIMESTAMPTZ;

function parserOf(type: number): (text: string) => unknown {
  return type === TIMESTAMPTZ ? readTimestamp : types.getTypeParser(type);
}

/** One row as an object. `isText`: values as Postgres writes them, not parsed. */
export function readRow({ names, parsers, blank }: Columns, values: readonly (string | null)[], isText: boolean): Record<string, unknown> {
  const row = { ...blank };
  for (let index = 0; index < names.length; index += 1) {
    const value = values[index] ?? null;
    row[names[index] ?? ''] = value === null || isText ? value : parsers[index]?.(value);
  }
  return row;
}
