/** A line of a comparison: on both sides, only in the older text, only in the newer one. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Comparing grows with the product of the lines that differ. */
const MAX_CELLS = 4_000_000;

type IsSame = (before: string | undefined, after: string | undefined) => boolean;

/**
 * What changed from one text to the other, line by line (longest common subsequence); null when it is too much to compare. Lines that
 * `isSame` takes for the same are shown as they are now.
 */
export function diffLines(before: string, after: string, isSame: IsSame = (a, b) => a === b): readonly DiffLine[] | null {
  const a = before.split('\n');
  const b = after.split('\n');
  let start = 0;
  while (start < a.length && start < b.length && isSame(a[start], b[start])) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && isSame(a[a.length - 1 - end], b[b.length - 1 - end])) end += 1;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  if (left.length * right.length > MAX_CELLS) return null;
  const same = (lines: readonly string[]) => lines.map((text): DiffLine => ({ kind: 'same', text }));
  return [...same(b.slice(0, start)), ...diffMiddle(left, right, isSame), ...same(b.slice(b.length - end))];
}

function diffMiddle(a: readonly string[], b: readonly string[], isSame: IsSame): DiffLine[] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = a.length - 1; row >= 0; row -= 1) {
    for (let column = b.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] = isSame(a[row], b[column])
        ? at(row + 1, column + 1) + 1
        : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < a.length || column < b.length) {
    const [old, fresh] = [a[row], b[column]];
    if (old !== undefined && fresh !== undefined && isSame(old, fresh)) {
      lines.push({ kind: 'same', text: fresh });
      row += 1;
      column += 1;
    } else if (old !== undefined && (fresh === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ kind: 'removed', text: old });
      row += 1;
    } else {
      lines.push({ kind: 'added', text: fresh ?? '' });
      column += 1;
    }
  }
  return lines;
}
