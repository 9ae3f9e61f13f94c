import { createHash } from 'node:crypto';
import type { Connection, Submittable } from 'pg';
import { type Columns, PreparedStatements, readColumns, readRow } from './prepared-statements.ts';
import type { AnswerGuard } from './answer-guard.ts';
import type { Step } from './step.ts';

interface BatchOptions {
  readonly guard?: AnswerGuard | undefined;
  readonly prepares?: boolean;
}

/** Postgres forgets it with the next one. */
const UNNAMED = '';

/**
 * Statements that go out in one write and end at one Sync. Postgres runs them as one transaction: all of them stay, or none.
 * {@link done} settles when Postgres has committed, refused or lost them; rows of the steps before a refused one are kept.
 */
export class Batch implements Submittable {
  readonly done: Promise<void>;
  readonly #steps: readonly Step<unknown>[];
  readonly #parameters: readonly (string | Buffer | null)[][];
  readonly #names: readonly string[];
  readonly #guard: AnswerGuard | undefined;
  readonly #settled = Promise.withResolvers<void>();
  #statements: PreparedStatements | undefined;
  #current = 0;
  #columns: Columns | undefined;
  #rows: unknown[] = [];
  #failure: unknown;

  /**
   * `guard` hears of each statement that is done. `prepares: false` is for connections that a pooler gives to another Postgres process
   * with each batch: it has not got the names.
   */
  constructor(steps: readonly Step<unknown>[], { guard, prepares = true }: BatchOptions = {}) {
    this.#steps = steps;
    this.#guard = guard;
    this.#parameters = steps.map(({ values }) => values.map(toParameter));
    this.#names = steps.map((each) => (prepares ? preparedName(each) : UNNAMED));
    this.done = this.#settled.promise;
  }

  /** Called by the client when it is this batch's turn to be sent. */
  submit(connection: Connection): void {
    const statements = PreparedStatements.of(connection);
    this.#statements = statements;
    connection.stream.cork();
    for (const [index, { statement }] of this.#steps.entries()) {
      const name = this.#names[index] ?? '';
      if (!statements.isSent(name)) {
        if (name !== UNNAMED) statements.expect(name, this);
        connection.parse({ name, text: statement.text, types: [] }, true);
      }
      connection.bind({ portal: '', statement: name, values: this.#parameters[index] ?? [] }, true);
      if (statements.columns(name) === undefined) connection.describe({ type: 'P', name: '' }, true);
      connection.execute({}, true);
    }
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription({ fields }: { readonly fields: Parameters<typeof readColumns>[0] }): void {
    this.#columns = readColumns(fields);
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const step = this.#step();
    this.#columns ??= this.#statements?.columns(this.#name());
    if (this.#columns === undefined) throw new Error(`rows of "${step.statement.name}" came before their description`);
    try {
      this.#rows.push(readRow(this.#columns, fields, step.isText === true));
    } catch (error) {
      this.#failure ??= error;
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#guard?.heard();
    const step = this.#step();
    const name = this.#name();
    if (name !== UNNAMED) this.#statements?.describe(name, this.#columns ?? this.#statements.columns(name) ?? readColumns([]));
    step.rows = this.#rows;
    step.rowCount = Number(/\d+$/.exec(text)?.[0] ?? 0);
    this.#current += 1;
    this.#columns = undefined;
    this.#rows = [];
  }

  handleReadyForQuery(): void {
    if (this.#failure === undefined) this.#settled.resolve();
    else this.#settled.reject(this.#failure);
  }

  handleError(error: unknown): void {
    this.#statements?.forget(this);
    this.#settled.reject(error);
  }

  #name(): string {
    return this.#names[this.#current] ?? '';
  }

  #step(): Step<unknown> {
    const step = this.#steps[this.#current];
    if (step === undefined) throw new Error('Postgres answered more statements than were sent');
    return step;
  }
}

/**
 * Prepared for each role apart: Postgres throws the plan of a statement on tables with policies away whenever another role runs it
 * than the one it was planned for.
 */
function preparedName({ statement, role }: Step<unknown>): string {
  return distinctName(role === undefined ? statement.name : `${statement.name}@${role}`);
}

/** Postgres tells names apart by their first 63 bytes only. */
const MAX_NAME_BYTES = 63;

function distinctName(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  return createHash('sha256').update(name).digest('hex').slice(0, MAX_NAME_BYTES);
}

/** A parameter as Postgres reads it from text. */
function toParameter(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map(toElement).join(',')}}`;
  throw new TypeError(`a ${typeof value} cannot be sent to Postgres`);
}

function toElement(value: unknown): string {
  const text = toParameter(value);
  if (text === null) return 'NULL';
  if (Buffer.isBuffer(text) || Array.isArray(value)) throw new TypeError('only arrays of plain values can be sent to Postgres');
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
