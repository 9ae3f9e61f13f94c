import { createContext, lazy, type ReactNode, Suspense, useContext, useEffect, useMemo, useState } from 'react';

const PaletteDialog = lazy(() => import('./palette-dialog.tsx').then((module) => ({ default: module.PaletteDialog })));

interface Palette {
  readonly open: () => void;
}

const PaletteContext = createContext<Palette>({ open: () => {} });

/** Opens the command palette. */
export function usePalette(): Palette {
  return useContext(PaletteContext);
}

/** Ctrl K, or ⌘ K, opens the palette on every page behind sign-in; its code is loaded then. */
export function PaletteProvider({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState(false);
  const palette = useMemo(() => ({ open: () => setShown(true) }), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      setShown((before) => !before);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <PaletteContext value={palette}>
      {children}
      {shown && (
        <Suspense>
          <PaletteDialog onClose={() => setShown(false)} />
        </Suspense>
      )}
    </PaletteContext>
  );
}
