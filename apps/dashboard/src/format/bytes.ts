import { formatNumber } from './locale.ts';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Bytes as people read them, decimal units: 1536000 -> "1.54 MB". */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return '–';
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${formatNumber(value, { maximumSignificantDigits: 3 })} ${UNITS[unit] ?? 'B'}`;
}

/** Reads "50 MB", "1.5gb" or "1024" into bytes; null when it is not a size. Decimal units, binary ones with an i (MiB). */
export function parseBytes(text: string): number | null {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?)b?|b)?\s*$/i.exec(text);
  if (!match) return null;
  const power = match[2] === undefined ? 0 : 'kmgt'.indexOf(match[2].toLowerCase()) + 1;
  const bytes = Math.round(Number(match[1]) * (match[3] === 'i' ? 1024 : 1000) ** power);
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
}

/** A short text that parses back to the same number of bytes: in the largest unit, decimal or binary, that needs at most one decimal. */
export function editableBytes(bytes: number): string {
  for (const power of [4, 3, 2, 1]) {
    for (const [base, infix] of [
      [1000, ''],
      [1024, 'i'],
    ] as const) {
      const value = bytes / base ** power;
      if (value >= 1 && Number.isInteger(value * 10)) return `${value} ${' KMGT'.charAt(power)}${infix}B`;
    }
  }
  return `${bytes} B`;
}
