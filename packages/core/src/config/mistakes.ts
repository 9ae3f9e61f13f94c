import { SupastorError } from '@supastor/contract/errors';
import type { Mistake } from './source.ts';

const MAX_FRAME_CHARS = 160;

/** A mistake with everything that is not known left out. */
export function mistake(reason: string, known: Partial<Omit<Mistake, 'reason'>> = {}): Mistake {
  return { file: null, line: null, column: null, path: null, suggestion: null, frame: null, ...known, reason };
}

/** `file:line:column path: reason (did you mean "x"?)`, followed by the code frame when there is one. */
export function formatMistake(found: Mistake): string {
  const place = [found.file, found.line, found.line === null ? null : found.column].filter((part) => part !== null).join(':');
  const subject = found.path === null ? found.reason : `${found.path}: ${found.reason}`;
  const suggestion = found.suggestion === null ? '' : ` (did you mean "${found.suggestion}"?)`;
  const line = `${place === '' ? '' : `${place}  `}${subject}${suggestion}`;
  return found.frame === null ? line : `${line}\n${found.frame}`;
}

/** Mistakes in reading order: by file, then line, then column. */
export function sortMistakes(mistakes: readonly Mistake[]): readonly Mistake[] {
  return mistakes.toSorted(
    (a, b) => (a.file ?? '').localeCompare(b.file ?? '') || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

/** All mistakes as one SJ_CONFIG_INVALID; machines find them in `meta.mistakes`. */
export function configInvalid(mistakes: readonly Mistake[]): SupastorError {
  const sorted = sortMistakes(mistakes);
  const count = sorted.length === 1 ? '1 mistake' : `${sorted.length} mistakes`;
  return new SupastorError('SJ_CONFIG_INVALID', `${count} in the configuration:\n${sorted.map(formatMistake).join('\n')}`, {
    hint: 'correct them and run `supastor config validate`; `supastor config schema` lists every valid name',
    meta: { mistakes: sorted.map(({ frame: _frame, ...rest }) => rest) },
  });
}

/**
 * Line `line` of `text` with a pointer below `column`; null when the line belongs to a value that must not be shown.
 * `hiddenKeys` are the keys whose values are secret.
 */
export function codeFrame(text: string, line: number, column: number, hiddenKeys: ReadonlySet<string>): string | null {
  const lines = text.split(/\r?\n/);
  const source = lines[line - 1];
  if (source === undefined) return null;
  const shown = hideSecrets(lines, line - 1, source, hiddenKeys);
  if (shown === null) return null;
  const gutter = String(line);
  const pointer = ' '.repeat(Math.min(Math.max(column - 1, 0), shown.length));
  return `  ${gutter} | ${shown}\n  ${' '.repeat(gutter.length)} | ${pointer}^`;
}

/** Whether a line holds, or continues, a value that must not be shown. */
export function isHiddenLine(text: string, line: number, hiddenKeys: ReadonlySet<string>): boolean {
  const lines = text.split(/\r?\n/);
  const source = lines[line - 1] ?? '';
  const shown = hideSecrets(lines, line - 1, source, hiddenKeys);
  return shown === null || shown.endsWith(' ***');
}

const KEY = /([A-Za-z0-9_]+)["']?\s*:(?:\s+|$)/g;

function hideSecrets(lines: readonly string[], index: number, source: string, hiddenKeys: ReadonlySet<string>): string | null {
  const keys = [...source.matchAll(KEY)];
  for (const key of keys) {
    if (hiddenKeys.has(key[1] ?? '')) return `${source.slice(0, key.index + key[0].length).trimEnd()} ***`;
  }
  if (keys.length > 0) return source.slice(0, MAX_FRAME_CHARS);
  const owner = lines.slice(0, index).findLast((previous) => previous.search(KEY) !== -1);
  const ownerKey = owner === undefined ? undefined : [...owner.matchAll(KEY)].at(-1)?.[1];
  return ownerKey !== undefined && hiddenKeys.has(ownerKey) ? null : source.slice(0, MAX_FRAME_CHARS);
}
