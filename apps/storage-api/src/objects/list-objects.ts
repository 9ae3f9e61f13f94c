import type { Scope } from '../metadata/scope.ts';
import { asText } from '../metadata/step.ts';
import { entryFields, type EntryText } from './listing-json.ts';
import type { ReadDeps } from '../metadata/replicas/start-replicas.ts';
import { entriesByName, entriesByTime, type TimeColumn } from '../metadata/listing-queries.ts';

type Deps = Pick<ReadDeps, 'database'>;

export type SortColumn = 'name' | TimeColumn;

export interface FolderPage {
  readonly bucket: string;
  /** Folder to show; empty for the root. A missing slash at the end is added. */
  readonly folder: string;
  readonly search: string;
  readonly limit: number;
  readonly offset: number;
  readonly sortColumn: SortColumn;
  readonly descending: boolean;
}

/** One page of what is directly in a folder, by offset, as JSON. Names are relative to the folder. Only what the caller may see. */
export async function listFolder({ database }: Deps, scope: Scope, page: FolderPage): Promise<string> {
  const prefix = page.folder === '' || page.folder.endsWith('/') ? page.folder : `${page.folder}/`;
  const common = {
    bucket: page.bucket,
    prefix,
    withFolders: true,
    filter: page.search,
    descending: page.descending,
    skip: page.offset,
    limit: page.limit,
  };
  const entries =
    page.sortColumn === 'name' ? entriesByName(common) : entriesByTime({ ...common, column: page.sortColumn, foldersFirst: true });
  const listed = asText(entries);
  await database.readAs(scope, listed);
  return `[${listed.rows.map((row) => `{"name":${JSON.stringify(relativeName(row, prefix))},${entryFields(row)}}`).join(',')}]`;
}

function relativeName(row: EntryText, prefix: string): string {
  return isFolder(row) ? entryOf(row).slice(prefix.length, -1) : entryOf(row).slice(prefix.length);
}

const isFolder = ({ is_folder: text }: EntryText) => text === 't';
const entryOf = ({ entry }: EntryText) => entry ?? '';

export interface CursorPage {
  readonly bucket: string;
  readonly prefix: string;
  readonly withDelimiter: boolean;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly sortColumn: SortColumn;
  readonly descending: boolean;
}

/** One page of a bucket or prefix, by cursor, as JSON. Names are full keys. Only what the caller may see. */
export async function listPage({ database }: Deps, scope: Scope, page: CursorPage): Promise<string> {
  const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor);
  const sortColumn = after?.column ?? page.sortColumn;
  const descending = after?.descending ?? page.descending;
  const common = {
    bucket: page.bucket,
    prefix: page.prefix,
    withFolders: page.withDelimiter,
    filter: '',
    descending,
    skip: 0,
    limit: page.limit + 1,
    ...(after === undefined ? {} : { after: { entry: after.key, time: after.time } }),
  };
  const entries = sortColumn === 'name' ? entriesByName(common) : entriesByTime({ ...common, column: sortColumn, foldersFirst: false });
  const listed = asText(entries);
  await database.readAs(scope, listed);
  const rows = listed.rows.slice(0, page.limit);
  const last = rows.at(-1);
  const hasNext = listed.rows.length > page.limit && last !== undefined;
  const folders = rows.filter(isFolder).map((row) => `{${names(row, page)}}`);
  const objects = rows.filter((row) => !isFolder(row)).map((row) => `{${names(row, page)},${entryFields(row)}}`);
  const next = hasNext ? { nextCursor: encodeCursor(last, sortColumn, descending), nextCursorKey: entryOf(last) } : {};
  return `${JSON.stringify({ hasNext, ...next }).slice(0, -1)},"folders":[${folders.join(',')}],"objects":[${objects.join(',')}]}`;
}

/** With a delimiter, entries also carry their last segment as `key`. */
function names(row: EntryText, { withDelimiter }: CursorPage): string {
  const entry = entryOf(row);
  const name = `"name":${JSON.stringify(entry)}`;
  if (!withDelimiter) return name;
  const path = isFolder(row) ? entry.slice(0, -1) : entry;
  return `"key":${JSON.stringify(path.slice(path.lastIndexOf('/') + 1))},${name}`;
}

interface Cursor {
  readonly key: string;
  readonly column?: SortColumn;
  readonly descending?: boolean;
  readonly time?: string;
}

function encodeCursor(row: EntryText, column: SortColumn, descending: boolean): string {
  const lines = [`l:${entryOf(row)}`];
  if (column !== 'name') lines.push(`c:${column}`, `a:${row.sort_time ?? ''}`);
  if (column !== 'name' || descending) lines.push(`o:${descending ? 'desc' : 'asc'}`);
  return Buffer.from(lines.join('\n')).toString('base64');
}

const TIME = /^\d{4}-\d{2}-\d{2}[ T][0-9:.]{8,15}(?:[+-]\d{2}(?::?\d{2})?|Z)$/;

/** Reads a cursor; what is not one of ours starts from the key it decodes to, as the protocol does. */
function decodeCursor(cursor: string): Cursor {
  const lines = Buffer.from(cursor, 'base64').toString('utf8').split('\n');
  const field = (name: string) => lines.find((line) => line.startsWith(`${name}:`))?.slice(2);
  const column = field('c');
  const order = field('o');
  const time = field('a');
  return {
    key: (field('l') ?? '').replaceAll('\0', ''),
    ...(column === 'created_at' || column === 'updated_at' ? { column } : {}),
    ...(order === undefined ? {} : { descending: order === 'desc' }),
    ...(time !== undefined && TIME.test(time) ? { time } : {}),
  };
}
