import { CacheProvider } from '@emotion/react';
import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { type ComponentProps, useState } from 'react';
import { LocaleProvider } from '../messages/locale-provider.tsx';
import { ToastProvider } from '../ui/toast.tsx';
import type { Runtime } from './runtime.ts';
import { createStyleCache } from './style-cache.ts';
import { THEME_STORAGE_KEY, theme } from './theme.ts';

interface AppProps {
  readonly language: ComponentProps<typeof LocaleProvider>['first'];
  readonly runtime: Runtime;
}

/** The whole console: language, styles, cache, routes. */
export function App({ language, runtime: { client, router } }: AppProps) {
  const [cache] = useState(() => createStyleCache(document));
  return (
    <CacheProvider value={cache}>
      <ThemeProvider theme={theme} defaultMode="system" modeStorageKey={THEME_STORAGE_KEY}>
        <CssBaseline />
        <QueryClientProvider client={client}>
          <LocaleProvider first={language}>
            <ToastProvider>
              <RouterProvider router={router} />
            </ToastProvider>
          </LocaleProvider>
        </QueryClientProvider>
      </ThemeProvider>
    </CacheProvider>
  );
}
