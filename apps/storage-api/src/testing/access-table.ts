import { readFileSync } from 'node:fs';

/** Rows of a Markdown table by their first cell, below the heading of that name. Cells by the name of their column. */
export type AccessTable = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** @throws Error when there is no table below the heading */
export function readAccessTable(path: string, heading: string): AccessTable {
  const text = readFileSync(path, 'utf8');
  const section = text.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  const [columns, , ...rows] = lines.map(cellsOf);
  if (columns === undefined) throw new Error(`there is no table below "${heading}" in ${path}`);
  return new Map(
    rows.map(([name = '', ...cells]) => [name, Object.fromEntries(cells.map((cell, at) => [columns[at + 1] ?? String(at), cell]))]),
  );
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''));
}
