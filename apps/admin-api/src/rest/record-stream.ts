import { Readable } from 'node:stream';
import { auditEntrySchema } from '@supastor/contract/operations/audit';
import { VERSION } from '@supastor/contract/version';
import { formatCef } from '@supastor/core/audit/format-cef';

export interface RecordText {
  readonly contentType: string;
  readonly extension: string;
  /** Text in pieces, one record each. */
  readonly body: Readable;
}

/** Many records as text: NDJSON, CSV (RFC 4180) whose columns are those of the first record, or CEF for entries of the audit trail. */
export function toRecordText(records: AsyncIterable<unknown>, format: unknown): RecordText {
  if (format === 'csv') return { contentType: 'text/csv; charset=utf-8', extension: 'csv', body: Readable.from(toCsv(records)) };
  if (format === 'cef') return { contentType: 'text/plain; charset=utf-8', extension: 'log', body: Readable.from(toCef(records)) };
  return { contentType: 'application/x-ndjson; charset=utf-8', extension: 'ndjson', body: Readable.from(toNdjson(records)) };
}

async function* toNdjson(records: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const record of records) yield `${JSON.stringify(record)}\n`;
}

async function* toCef(records: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const record of records) yield `${formatCef(auditEntrySchema.parse(record), VERSION)}\n`;
}

async function* toCsv(records: AsyncIterable<unknown>): AsyncGenerator<string> {
  let names: readonly string[] | null = null;
  for await (const record of records) {
    const fields = new Map(Object.entries(record ?? {}));
    if (names === null) yield toLine((names = [...fields.keys()]));
    yield toLine(names.map((name) => toCell(fields.get(name))));
  }
}

function toCell(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

function toLine(cells: readonly string[]): string {
  return `${cells.map(quote).join(',')}\r\n`;
}

/** A spreadsheet would run a cell that starts like a formula; the apostrophe makes it text. */
function quote(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
