import { diffLines } from '../../ui/diff-lines.ts';

export interface JsonDiffLine {
  readonly sign: '+' | '-' | ' ';
  readonly text: string;
}

const SIGNS = { same: ' ', removed: '-', added: '+' } as const;

/** Lines of two values as JSON with what was removed and added; where they are too long to compare, the one below the other. */
export function diffJson(before: unknown, after: unknown): readonly JsonDiffLine[] {
  const old = JSON.stringify(before, null, 2);
  const now = JSON.stringify(after, null, 2);
  const compared = diffLines(old, now, isSame);
  if (compared !== null) return compared.map(({ kind, text }) => ({ sign: SIGNS[kind], text }));
  return [...marked('-', old), ...marked('+', now)];
}

/** A comma that moved is no change. */
function isSame(a: string | undefined, b: string | undefined): boolean {
  return a?.replace(/,$/, '') === b?.replace(/,$/, '');
}

function marked(sign: JsonDiffLine['sign'], text: string): JsonDiffLine[] {
  return text.split('\n').map((line) => ({ sign, text: line }));
}
