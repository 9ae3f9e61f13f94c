let locale: string | undefined;

/** Tag for `Intl`; undefined: that of the browser. Set once per language, before anything is drawn in it. */
export function setFormatLocale(tag: string | undefined): void {
  locale = tag;
}

export function formatLocale(): string | undefined {
  return locale;
}

/** A number as people read it, in groups of digits. */
export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(locale, options).format(value);
}
