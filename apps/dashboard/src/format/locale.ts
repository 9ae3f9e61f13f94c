import { common as english } from '../messages/en/common.ts';
import type { Messages } from '../messages/messages.ts';

type Words = Pick<Messages['common'], 'justNow' | 'nameless'>;

let locale: string | undefined;
let words: Words = english;

/** Tag for `Intl`, undefined: that of the browser; and what `Intl` has no words for. Set once per language, before anything is drawn in it. */
export function setFormatLocale(tag: string | undefined, text: Words = english): void {
  locale = tag;
  words = text;
}

export function formatLocale(): string | undefined {
  return locale;
}

/** What a segment of a path without a name is shown as: keys may begin or end with a slash, or have several in a row. */
export function nameless(): string {
  return words.nameless;
}

/** Less than a minute ago. */
export function justNow(): string {
  return words.justNow;
}

/** Makes each formatter once per language: that takes a hundred times as long as to use it, and lists use it in every line. */
export function keepFormatters<O, F>(make: (tag: string | undefined, options: O) => F): (options: O) => F {
  const made = new Map<string, F>();
  return (options) => {
    const key = `${locale} ${JSON.stringify(options)}`;
    const formatter = made.get(key) ?? make(locale, options);
    made.set(key, formatter);
    return formatter;
  };
}

const numbers = keepFormatters((tag, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(tag, options));

/** A number as people read it, in groups of digits. */
export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  return numbers(options).format(value);
}
