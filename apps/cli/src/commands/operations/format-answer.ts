import type { Style } from '../../context.ts';
import { formatTable } from '../../output/table.ts';

const MAX_CELL = 60;
const MAX_COLUMNS = 8;

type Row = Readonly<Record<string, unknown>>;

/** Any answer as text: a list of things as a table, one thing as lines of name and value. */
export function formatAnswer(answer: unknown, style: Style): string {
  if (!isRow(answer)) return answer === undefined || answer === null ? '' : toCell(answer);
  const lists = Object.entries(answer).filter(([, value]) => Array.isArray(value));
  const parts = [
    formatFields(
      Object.entries(answer).filter(([name, value]) => !Array.isArray(value) && name !== 'nextCursor'),
      style,
    ),
    ...lists.map(([name, value]) => formatList(name, Array.isArray(value) ? value : [], style, lists.length > 1)),
  ].filter((part) => part !== '');
  if (parts.length === 0) return Object.keys(answer).length === 0 ? 'Done.' : '';
  return parts.join('\n\n');
}

function formatFields(entries: readonly (readonly [string, unknown])[], style: Style): string {
  const shown = entries.filter(([, value]) => value !== undefined);
  return formatTable(
    shown.flatMap(([name, value]) => toLines(toCell(value)).map((line, index) => [index === 0 ? style.dim(toLabel(name)) : '', line])),
  );
}

function formatList(name: string, items: readonly unknown[], style: Style, isTitled: boolean): string {
  const title = isTitled ? `${style.bold(toLabel(name))}\n` : '';
  if (items.length === 0) return isTitled ? '' : `No ${toLabel(name).toLowerCase()}.`;
  const rows = items.filter(isRow);
  if (rows.length < items.length) return title + items.map((item) => toCell(item)).join('\n');
  const columns = chooseColumns(rows);
  const head = columns.map((column) => style.dim(toLabel(column).toUpperCase()));
  return title + formatTable([head, ...rows.map((row) => columns.map((column) => shorten(toBrief(row[column]))))]);
}

/** The first columns that hold something in some row. */
function chooseColumns(rows: readonly Row[]): readonly string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return names.filter((name) => rows.some((row) => !isEmpty(row[name]))).slice(0, MAX_COLUMNS);
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

const IDENTIFYING = ['name', 'role', 'email', 'path', 'id'];

/** As {@link toCell}, but of a nested thing only what it is called. */
function toBrief(value: unknown): string {
  if (Array.isArray(value)) return value.map(toBrief).join(', ') || '-';
  const called = isRow(value) ? IDENTIFYING.map((name) => value[name]).find((name) => typeof name === 'string') : undefined;
  return toLines(toCell(called ?? value)).join(' ');
}

function toLines(text: string): readonly string[] {
  return text.trimEnd().split(/\r?\n/);
}

function toCell(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'string') return value.replaceAll(/[^\P{Cc}\n]+/gu, ' ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.map(String).join(', ');
  if (isRow(value) && Object.values(value).every((item) => typeof item !== 'object')) {
    return Object.entries(value)
      .map(([name, item]) => `${name}=${String(item)}`)
      .join(' ');
  }
  return JSON.stringify(value);
}

function shorten(cell: string): string {
  const letters = Array.from(cell);
  return letters.length > MAX_CELL ? `${letters.slice(0, MAX_CELL - 1).join('')}…` : cell;
}

/** `expiresAt` -> `Expires at`. */
function toLabel(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
