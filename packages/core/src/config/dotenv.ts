import type { Position } from './node.ts';

export interface DotenvEntry {
  readonly name: string;
  readonly value: string;
  readonly at: Position;
}

export interface ParsedDotenv {
  /** In file order; when a name is repeated the last one counts. */
  readonly entries: readonly DotenvEntry[];
  readonly problems: readonly { readonly at: Position; readonly reason: string }[];
}

const ASSIGNMENT = /^(\s*(?:export\s+)?)([A-Za-z_][A-Za-z0-9_.]*)\s*=[ \t]*/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

/**
 * Parses an environment file: `NAME=value`, `export NAME=value`, `# comments` on their own line or after a blank,
 * 'single quotes' taken literally, "double quotes" with `\n \r \t \" \\ \$` and line breaks. Variables inside values are not expanded.
 */
export function parseDotenv(text: string): ParsedDotenv {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const entries: DotenvEntry[] = [];
  const problems: { at: Position; reason: string }[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (/^\s*(?:#|$)/.test(line)) continue;
    const match = ASSIGNMENT.exec(line);
    const start = { line: index + 1, column: line.length - line.trimStart().length + 1 };
    if (!match?.[2]) {
      problems.push({ at: start, reason: 'expected NAME=value' });
      continue;
    }
    const at = { line: index + 1, column: (match[1] ?? '').length + 1 };
    const parsed = parseValue(lines, index, match[0].length);
    if ('reason' in parsed) problems.push({ at: { line: index + 1, column: match[0].length + 1 }, reason: parsed.reason });
    else entries.push({ name: match[2], value: parsed.value, at });
    index = parsed.lastLine;
  }
  return { entries, problems };
}

type ParsedValue = { readonly value: string; readonly lastLine: number } | { readonly reason: string; readonly lastLine: number };

function parseValue(lines: readonly string[], index: number, offset: number): ParsedValue {
  const rest = (lines[index] ?? '').slice(offset);
  if (rest.startsWith("'")) return parseSingleQuoted(rest, index);
  if (rest.startsWith('"')) return parseDoubleQuoted(lines, index, offset + 1);
  return { value: rest.replace(/(?:^|\s+)#.*$/, '').trim(), lastLine: index };
}

function parseSingleQuoted(rest: string, index: number): ParsedValue {
  const close = rest.indexOf("'", 1);
  if (close === -1) return { reason: 'the single quote is never closed', lastLine: index };
  if (!isBlankOrComment(rest.slice(close + 1))) return { reason: 'unexpected text after the closing quote', lastLine: index };
  return { value: rest.slice(1, close), lastLine: index };
}

function parseDoubleQuoted(lines: readonly string[], first: number, offset: number): ParsedValue {
  let value = '';
  let column = offset;
  for (let index = first; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    for (; column < line.length; column += 1) {
      const char = line[column];
      if (char === '"') {
        if (isBlankOrComment(line.slice(column + 1))) return { value, lastLine: index };
        return { reason: 'unexpected text after the closing quote', lastLine: index };
      }
      if (char === '\\' && column + 1 < line.length) {
        column += 1;
        const escaped = line[column] ?? '';
        value += ESCAPES[escaped] ?? `\\${escaped}`;
      } else value += char;
    }
    value += '\n';
    column = 0;
  }
  return { reason: 'the double quote is never closed', lastLine: first };
}

function isBlankOrComment(text: string): boolean {
  return /^\s*(?:#.*)?$/.test(text);
}
