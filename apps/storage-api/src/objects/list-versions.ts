import type { ReadDeps } from '../metadata/replicas/start-replicas.ts';
import type { Scope } from '../metadata/scope.ts';
import { asText } from '../metadata/step.ts';
import {
  type VersionChoice,
  type VersionEntryRow,
  type VersionPosition,
  type VersionQuery,
  versionsByName,
  versionsByTime,
} from '../metadata/version-listing-queries.ts';
import { versionPolicies } from '../metadata/version-queries.ts';
import type { TextRow } from '../metadata/step.ts';
import type { CursorPage, FolderPage, SortColumn } from './list-objects.ts';
import { entryFields, isoTime } from './listing-json.ts';

type Deps = Pick<ReadDeps, 'database'>;
type EntryText = TextRow<VersionEntryRow>;

/** What a listing shows besides current objects. */
export interface VersionFilter extends VersionChoice {
  /** Only the key that is the prefix. */
  readonly isExact: boolean;
}

/** Like {@link listFolder}, with the versions that `filter` chooses. */
export async function listFolderVersions({ database }: Deps, scope: Scope, page: FolderPage & VersionFilter): Promise<string> {
  const prefix = page.isExact || page.folder === '' || page.folder.endsWith('/') ? page.folder : `${page.folder}/`;
  const query = { ...toQuery(page, prefix), delimiter: '/', filter: page.search, skip: page.offset, limit: page.limit };
  const column = page.sortColumn;
  const listed = asText(column === 'name' ? versionsByName(query) : versionsByTime({ ...query, column, foldersFirst: true }));
  await database.readBoth(scope, versionPolicies(scope), [listed]);
  const base = page.isExact ? prefix.slice(0, prefix.lastIndexOf('/') + 1) : prefix;
  const nameOf = (row: EntryText) => (isFolder(row) ? entryOf(row).slice(base.length, -1) : entryOf(row).slice(base.length));
  return `[${listed.rows.map((row) => `{"name":${JSON.stringify(nameOf(row))},${fields(row)}}`).join(',')}]`;
}

/** Like {@link listPage}, with the versions that `filter` chooses. */
export async function listVersionPage({ database }: Deps, scope: Scope, page: CursorPage & VersionFilter): Promise<string> {
  const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor);
  const column = after?.column ?? page.sortColumn;
  const descending = after?.descending ?? page.descending;
  const query = {
    ...toQuery({ ...page, descending }, page.prefix),
    delimiter: page.withDelimiter ? '/' : '',
    limit: page.limit + 1,
    after,
  };
  const listed = asText(column === 'name' ? versionsByName(query) : versionsByTime({ ...query, column, foldersFirst: false }));
  await database.readBoth(scope, versionPolicies(scope), [listed]);
  const rows = listed.rows.slice(0, page.limit);
  const last = rows.at(-1);
  const hasNext = listed.rows.length > page.limit && last !== undefined;
  const folders = rows.filter(isFolder).map((row) => `{${names(row, page)}}`);
  const objects = rows.filter((row) => !isFolder(row)).map((row) => `{${names(row, page)},${fields(row)}}`);
  const next = hasNext ? { nextCursor: encodeCursor(last, column, descending), nextCursorKey: entryOf(last) } : {};
  return `${JSON.stringify({ hasNext, ...next }).slice(0, -1)},"folders":[${folders.join(',')}],"objects":[${objects.join(',')}]}`;
}

function toQuery(
  page: VersionFilter & { readonly bucket: string; readonly descending: boolean },
  prefix: string,
): Omit<VersionQuery, 'limit'> {
  const { bucket, descending, noncurrent, markers, isExact } = page;
  return { bucket, prefix, isExact, delimiter: '', filter: '', descending, skip: 0, noncurrent, markers };
}

const isFolder = ({ is_folder: text }: EntryText) => text === 't';
const entryOf = ({ entry }: EntryText) => entry ?? '';

function fields(row: EntryText): string {
  const { version, archived_at, is_delete_marker, is_versioned } = row;
  return [
    entryFields({ ...row, entry: row.entry, is_folder: row.is_folder }),
    `"version":${JSON.stringify(version)}`,
    `"archived_at":${archived_at === null ? 'null' : `"${isoTime(archived_at)}"`}`,
    `"is_delete_marker":${flag(is_delete_marker)}`,
    `"is_versioned":${flag(is_versioned)}`,
  ].join(',');
}

function flag(text: string | null): string {
  return text === null ? 'null' : String(text === 't');
}

function names(row: EntryText, { withDelimiter }: CursorPage): string {
  const entry = entryOf(row);
  if (!withDelimiter) return `"name":${JSON.stringify(entry)}`;
  const path = isFolder(row) ? entry.slice(0, -1) : entry;
  return `"key":${JSON.stringify(path.slice(path.lastIndexOf('/') + 1))},"name":${JSON.stringify(entry)}`;
}

interface Cursor extends VersionPosition {
  readonly column?: SortColumn;
  readonly descending?: boolean;
}

function encodeCursor(row: EntryText, column: SortColumn, descending: boolean): string {
  const lines = [`l:${entryOf(row)}`, `v:${row.version ?? ''}`, `r:${row.rank ?? ''}`];
  if (column !== 'name') lines.push(`c:${column}`, `a:${row.sort_time ?? ''}`);
  if (column !== 'name' || descending) lines.push(`o:${descending ? 'desc' : 'asc'}`);
  return Buffer.from(lines.join('\n')).toString('base64');
}

const TIME = /^\d{4}-\d{2}-\d{2}[ T][0-9:.]{8,15}(?:[+-]\d{2}(?::?\d{2})?|Z)$/;

const clean = (text: string | undefined) => (text ?? '').replaceAll('\0', '');

/** Reads a cursor; what is not one of ours starts after the key it decodes to. */
function decodeCursor(cursor: string): Cursor {
  const lines = Buffer.from(cursor, 'base64').toString('utf8').split('\n');
  const field = (name: string) => lines.find((line) => line.startsWith(`${name}:`))?.slice(2);
  const [column, order, time, rank = ''] = [field('c'), field('o'), field('a'), field('r')];
  return {
    entry: clean(field('l')),
    versionId: clean(field('v')),
    ...(/^\d{1,18}$/.test(rank) || rank === '9223372036854775807' ? { rank } : {}),
    ...(column === 'created_at' || column === 'updated_at' ? { column } : {}),
    ...(order === undefined ? {} : { descending: order === 'desc' }),
    ...(time !== undefined && TIME.test(time) ? { time } : {}),
  };
}
