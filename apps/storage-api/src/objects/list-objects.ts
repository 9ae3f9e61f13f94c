import type { StorageDeps } from '../deps.ts';
import type { Scope } from '../metadata/scope.ts';
import { type EntryRow, entriesByName, entriesByTime, type TimeColumn } from '../metadata/listing-queries.ts';

type Deps = Pick<StorageDeps, 'database'>;

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

/** Entry of a list-v1 page; everything but `name` is null for a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly id: string | null;
  readonly updated_at: Date | null;
  readonly created_at: Date | null;
  readonly last_accessed_at: Date | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}

/** One page of what is directly in a folder, by offset. Names are relative to the folder. Only what the caller may see. */
export async function listFolder({ database }: Deps, scope: Scope, page: FolderPage): Promise<readonly FolderEntry[]> {
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
  await database.readAs(scope, entries);
  return entries.rows.map((row) => ({
    name: relativeName(row, prefix),
    id: row.id,
    updated_at: row.updated_at,
    created_at: row.created_at,
    last_accessed_at: row.last_accessed_at,
    metadata: row.metadata,
  }));
}

function relativeName({ entry, is_folder }: EntryRow, prefix: string): string {
  return is_folder ? entry.slice(prefix.length, -1) : entry.slice(prefix.length);
}

export interface CursorPage {
  readonly bucket: string;
  readonly prefix: string;
  readonly withDelimiter: boolean;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly sortColumn: SortColumn;
  readonly descending: boolean;
}

export interface CursorResult {
  readonly hasNext: boolean;
  readonly folders: readonly { key?: string; name: string }[];
  readonly objects: readonly (Omit<FolderEntry, never> & { key?: string })[];
  readonly nextCursor?: string;
  readonly nextCursorKey?: string;
}

/** One page of a bucket or prefix, by cursor. Names are full keys. Only what the caller may see. */
export async function listPage({ database }: Deps, scope: Scope, page: CursorPage): Promise<CursorResult> {
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
  await database.readAs(scope, entries);
  const rows = entries.rows.slice(0, page.limit);
  const last = rows.at(-1);
  const hasNext = entries.rows.length > page.limit && last !== undefined;
  return {
    hasNext,
    folders: rows.filter((row) => row.is_folder).map((row) => ({ ...shortKey(row, page), name: row.entry })),
    objects: rows.filter((row) => !row.is_folder).map((row) => present(row, page)),
    ...(hasNext ? { nextCursor: encodeCursor(last, sortColumn, descending), nextCursorKey: last.entry } : {}),
  };
}

function present(row: EntryRow, page: CursorPage) {
  const { id, updated_at, created_at, last_accessed_at, metadata } = row;
  return { ...shortKey(row, page), name: row.entry, id, updated_at, created_at, last_accessed_at, metadata };
}

/** With a delimiter, entries also carry their last segment as `key`. */
function shortKey({ entry, is_folder }: EntryRow, { withDelimiter }: CursorPage): { key?: string } {
  if (!withDelimiter) return {};
  const path = is_folder ? entry.slice(0, -1) : entry;
  return { key: path.slice(path.lastIndexOf('/') + 1) };
}

interface Cursor {
  readonly key: string;
  readonly column?: SortColumn;
  readonly descending?: boolean;
  readonly time?: string;
}

function encodeCursor(row: EntryRow, column: SortColumn, descending: boolean): string {
  const lines = [`l:${row.entry}`];
  if (column !== 'name') lines.push(`c:${column}`, `a:${row.sort_time ?? ''}`);
  if (column !== 'name' || descending) lines.push(`o:${descending ? 'desc' : 'asc'}`);
  return Buffer.from(lines.join('\n')).toString('base64');
}

const TIME = /^\d{4}-\d{2}-\d{2}[ T][0-9:.]{8,15}(?:[+-]\d{2}(?::?\d{2})?|Z)$/;

/** Reads a cursor; what is not one of ours starts from the key it decodes to, as the protocol does. */
export function decodeCursor(cursor: string): Cursor {
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
