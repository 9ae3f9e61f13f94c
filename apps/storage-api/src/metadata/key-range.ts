/** Sorts after every key that starts with the same text: 257 times the highest code point is longer than any key. */
export const BEYOND = '\u{10FFFF}'.repeat(257);
/** Sorts before every character a key may hold. */
export const LEAST = '\u0001';

const compareBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The lesser of two keys in the order of their UTF-8 bytes. */
export function least(a: string, b: string): string {
  return compareBytes(a, b) <= 0 ? a : b;
}

/** The greater of two keys in the order of their UTF-8 bytes. */
export function greatest(a: string, b: string): string {
  return compareBytes(a, b) >= 0 ? a : b;
}

/** The least text that sorts after everything that starts with `text`; empty stays empty. */
export function successor(text: string): string {
  const points = Array.from(text);
  const last = points.pop()?.codePointAt(0);
  if (last === undefined) return '';
  if (last === 0x10ffff) return text + BEYOND;
  return points.join('') + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
}
