export interface DiffLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
}

/** Lines of two values as JSON with what was removed and added, by the longest common part of both. */
export function diffJson(before: unknown, after: unknown): readonly DiffLine[] {
  const old = JSON.stringify(before, null, 2).split('\n');
  const now = JSON.stringify(after, null, 2).split('\n');
  const common = lengths(old, now);
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && same(old[i], now[j])) {
      lines.push({ sign: ' ', text: now[j] ?? '' });
      i++;
      j++;
    } else if (j >= now.length || (i < old.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      lines.push({ sign: '-', text: old[i++] ?? '' });
    } else {
      lines.push({ sign: '+', text: now[j++] ?? '' });
    }
  }
  return lines;
}

/** A comma that moved is no change. */
function same(a: string | undefined, b: string | undefined): boolean {
  return a?.replace(/,$/, '') === b?.replace(/,$/, '');
}

/** `table[i][j]`: how many lines `old[i..]` and `now[j..]` have in common. */
function lengths(old: readonly string[], now: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: old.length + 1 }, () => Array.from({ length: now.length + 1 }, () => 0));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const row = table[i];
      if (row) row[j] = same(old[i], now[j]) ? (table[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(table[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}
