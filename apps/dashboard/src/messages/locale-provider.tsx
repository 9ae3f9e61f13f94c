import { createContext, type ReactNode, useContext, useLayoutEffect, useMemo, useState } from 'react';
import { setFormatLocale } from '../format/locale.ts';
import { en } from './en.ts';
import { type Language, localeOf, type Messages, pickLanguage } from './messages.ts';

/** Where the chosen language is kept. */
const KEY = 'supastor-language';

interface Locale {
  readonly language: Language;
  readonly messages: Messages;
  readonly choose: (language: Language) => void;
}

interface Loaded {
  readonly language: Language;
  readonly messages: Messages;
}

const LocaleContext = createContext<Locale>({ language: 'en', messages: en, choose: () => {} });

/** The words of the console in the language of whoever reads it. */
export function useMessages(): Messages {
  return useContext(LocaleContext).messages;
}

/** Which language it is, and the switch. */
export function useLanguage(): Pick<Locale, 'language' | 'choose'> {
  return useContext(LocaleContext);
}

/** Reads the language before the first render, so that no page shows in another one first. */
export function loadFirstLanguage(): Promise<Loaded> {
  return load(pickLanguage(readChoice(), navigator.languages));
}

interface LocaleProviderProps {
  readonly first: Loaded;
  readonly children: ReactNode;
}

/** A change of language draws everything below it anew, dates and numbers included. */
export function LocaleProvider({ first, children }: LocaleProviderProps) {
  const [loaded, setLoaded] = useState(first);
  const { language } = loaded;
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const locale = useMemo<Locale>(
    () => ({
      ...loaded,
      choose: (next) => {
        keepChoice(next);
        void load(next).then(setLoaded);
      },
    }),
    [loaded],
  );
  return <LocaleContext value={locale}>{children}</LocaleContext>;
}

async function load(language: Language): Promise<Loaded> {
  const messages = language === 'de' ? (await import('./de.ts')).de : en;
  setFormatLocale(localeOf(language, navigator.languages));
  return { language, messages };
}

function readChoice(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keepChoice(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Then it is chosen again next time.
  }
}
