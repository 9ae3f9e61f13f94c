import { createContext, type ReactNode, useContext, useLayoutEffect, useMemo, useRef, useState } from 'react';
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

const ENGLISH: Loaded = { language: 'en', messages: en };

const LocaleContext = createContext<Locale>({ language: 'en', messages: en, choose: () => {} });

/** The words of the console in the language of whoever reads it. */
export function useMessages(): Messages {
  return useContext(LocaleContext).messages;
}

/** Which language it is, and the switch. */
export function useLanguage(): Pick<Locale, 'language' | 'choose'> {
  return useContext(LocaleContext);
}

/** Reads the language before the first render, so that no page shows in another one first. English, when its words do not arrive. */
export async function loadFirstLanguage(): Promise<Loaded> {
  const first = await load(pickLanguage(readChoice(), navigator.languages)).catch(() => ENGLISH);
  setFormatLocale(localeOf(first.language, navigator.languages), first.messages.common);
  return first;
}

interface LocaleProviderProps {
  readonly first: Loaded;
  readonly children: ReactNode;
}

/** A change of language draws whatever uses it anew; dates and numbers elsewhere follow when they are drawn next. */
export function LocaleProvider({ first, children }: LocaleProviderProps) {
  const [loaded, setLoaded] = useState(first);
  const chosen = useRef(first.language);
  const { language } = loaded;
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const locale = useMemo<Locale>(
    () => ({
      ...loaded,
      choose: (next) => {
        keepChoice(next);
        chosen.current = next;
        const show = (words: Loaded) => {
          // Chosen again while the words were on their way.
          if (chosen.current !== next) return;
          setFormatLocale(localeOf(next, navigator.languages), words.messages.common);
          setLoaded(words);
        };
        load(next).then(show, (error: unknown) => reportError(error));
      },
    }),
    [loaded],
  );
  return <LocaleContext value={locale}>{children}</LocaleContext>;
}

async function load(language: Language): Promise<Loaded> {
  return language === 'de' ? { language, messages: (await import('./de.ts')).de } : ENGLISH;
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
