import { expect, test } from 'vitest';
import { de } from './de.ts';
import { en } from './en.ts';
import { localeOf, pickLanguage } from './messages.ts';

test('the language is the one chosen, else the first of the browser that there is, else English', () => {
  expect(pickLanguage('de', ['en-US'])).toBe('de');
  expect(pickLanguage(null, ['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(pickLanguage('xx', ['EN-gb', 'de'])).toBe('en');
  expect(pickLanguage(null, [])).toBe('en');
});

test('numbers and dates take the form of the region when the browser names it', () => {
  expect(localeOf('de', ['en-US', 'de-CH'])).toBe('de-CH');
  expect(localeOf('en', ['de-DE'])).toBe('en');
  expect(localeOf('en', ['en-US@posix'])).toBe('en');
});

/** Path and kind of every message. */
function shape(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${path}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, inner]) => shape(inner, `${path}.${key}`));
}

test('German says all that English says, and leaves nothing empty', () => {
  expect(shape(de, 'm')).toEqual(shape(en, 'm'));
  expect(JSON.stringify(de)).not.toContain('""');
});

/** Each text with its path; functions are asked with figures that need a plural. */
function textsOf(value: unknown, path: string): (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value(...Array.from({ length: value.length }, () => '2')))]];
  return Object.entries(value ?? {}).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
}

test('German stands in the same place between figures as English: with a space before it where English has one', () => {
  const spaced = (texts: ReturnType<typeof textsOf>) => texts.filter(([, text]) => text.startsWith(' ')).map(([path]) => path);
  expect(spaced(textsOf(de, 'm'))).toEqual(spaced(textsOf(en, 'm')));
});
