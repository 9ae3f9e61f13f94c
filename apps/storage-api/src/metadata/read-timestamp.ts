import { types } from 'pg';

const ZERO = 48;
const DOT = 46;
const MINUS = 45;
const PLUS = 43;
const TIMESTAMPTZ = types.builtins.TIMESTAMPTZ;
const HOUR_MS = 3_600_000;
/** `2026-11-26 14:52:12`; a fraction of a second may follow, then the offset in whole hours. */
const FRACTION_AT = 19;
const OFFSET_CHARACTERS = 3;

/**
 * A `timestamptz` as Postgres writes it (`2026-11-26 14:52:12.345678+00`), to the millisecond. Every row has several, and a pattern takes
 * ten times as long; what is written in another way (infinity, years before Christ, odd offsets) is left to pg.
 */
export function readTimestamp(text: string): unknown {
  let end = FRACTION_AT;
  let milliseconds = 0;
  if (text.charCodeAt(end) === DOT) {
    let unit = 100;
    for (end += 1; isDigit(text.charCodeAt(end)); end += 1) {
      milliseconds += (text.charCodeAt(end) - ZERO) * unit;
      unit = unit === 100 ? 10 : unit === 10 ? 1 : 0;
    }
  }
  const sign = text.charCodeAt(end);
  if (text.length !== end + OFFSET_CHARACTERS || (sign !== PLUS && sign !== MINUS) || text.charCodeAt(4) !== MINUS)
    return types.getTypeParser(TIMESTAMPTZ)(text);
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const [month, day] = [twoDigits(text, 5) - 1, twoDigits(text, 8)];
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  const offset = twoDigits(text, end + 1) * (sign === PLUS ? HOUR_MS : -HOUR_MS);
  const at = Date.UTC(year, month, day, hour, minute, second, milliseconds) - offset;
  // `Date.UTC` takes years below 100 for those of the last century.
  return Number.isNaN(at) || year < 100 ? types.getTypeParser(TIMESTAMPTZ)(text) : new Date(at);
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}
