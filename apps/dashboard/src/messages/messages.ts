import type { en } from './en.ts';

/** What every language must say: a missing, additional or misspelt key does not compile. */
export type Messages = typeof en;

/** Languages of the console, by what they call themselves. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;
export const LANGUAGE_CODES: readonly Language[] = ['en', 'de'];

/** The language chosen before, else the first of the browser's that there is, else English. */
export function pickLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const wanted = [...(chosen === null ? [] : [chosen]), ...preferred].map((tag) => tag.toLowerCase().split('-')[0]);
  return wanted.flatMap((base) => LANGUAGE_CODES.filter((code) => code === base))[0] ?? 'en';
}

/** Tag for numbers and dates: the browser's own form of the language (`de-AT`), else just the language. Some name what `Intl` refuses. */
export function localeOf(language: Language, preferred: readonly string[]): string {
  return preferred.find((tag) => tag.toLowerCase().split('-')[0] === language && isTag(tag)) ?? language;
}

function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
