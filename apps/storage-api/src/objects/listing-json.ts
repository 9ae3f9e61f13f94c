import type { EntryRow } from '../metadata/listing-queries.ts';
import type { TextRow } from '../metadata/step.ts';

/** A listed row as Postgres sent it. Listings are written out straight from this: parsing them first costs more than finding them. */
export type EntryText = TextRow<EntryRow>;

/** Fields that every listing shows of an entry, as JSON without braces. All null for a folder. */
export function entryFields({ id, updated_at, created_at, last_accessed_at, metadata }: EntryText): string {
  return [
    `"id":${id === null ? 'null' : `"${id}"`}`,
    time('updated_at', updated_at),
    time('created_at', created_at),
    time('last_accessed_at', last_accessed_at),
    `"metadata":${metadata ?? 'null'}`,
  ].join(',');
}

function time(name: string, value: string | null): string {
  return `"${name}":${value === null ? 'null' : `"${isoTime(value)}"`}`;
}

const UTC_TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,6})?\+00$/;

/** ISO 8601 in UTC with milliseconds, as `Date.toJSON` writes it, of a timestamp as Postgres prints it. */
export function isoTime(text: string): string {
  if (!UTC_TIME.test(text)) return new Date(text.replace(/([+-]\d{2})$/, '$1:00')).toISOString();
  const millis = text.length > 22 ? text.slice(20, -3).slice(0, 3).padEnd(3, '0') : '000';
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${millis}Z`;
}
