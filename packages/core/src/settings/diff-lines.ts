import type { SettingChange } from '@supastor/contract/wire/setting';
import { SECRET_KEYS } from '../config/document.ts';
import { isHiddenLine } from '../config/mistakes.ts';

const HIDDEN = '***';

/** The lines between the common beginning and the common end of two texts. Lines of secrets are masked. */
export function diffLines(before: string, after: string): SettingChange['diff'] {
  const [old, next] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < next.length - start && old.at(-1 - end) === next.at(-1 - end)) end += 1;
  const [gone, come] = [old.length - start - end, next.length - start - end];
  const lineOf = (text: string, lines: readonly string[], offset: number, count: number) => {
    if (offset >= count) return null;
    return isHiddenLine(text, start + offset + 1, SECRET_KEYS) ? HIDDEN : (lines[start + offset] ?? null);
  };
  return Array.from({ length: Math.max(gone, come) }, (_, offset) => ({
    line: start + offset + 1,
    before: lineOf(before, old, offset, gone),
    after: lineOf(after, next, offset, come),
  }));
}
