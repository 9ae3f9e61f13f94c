import Alert from '@mui/material/Alert';
import Snackbar from '@mui/material/Snackbar';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { hintOf, messageOf } from '../api/api-error.ts';

interface Toast {
  readonly key: number;
  readonly text: string;
  readonly severity: 'success' | 'error';
}

interface Toasts {
  readonly success: (text: string) => void;
  readonly failure: (error: unknown) => void;
}

/** Good news needs no colour. */
const QUIET = { bgcolor: 'text.primary', color: 'background.paper' } as const;

const ToastContext = createContext<Toasts>({ success: () => {}, failure: () => {} });

/** Short confirmations at the foot of the page, read out by screen readers. */
export function useToasts(): Toasts {
  return useContext(ToastContext);
}

/** Shows one toast at a time; a newer one replaces it. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toast, setToast] = useState<Toast | null>(null);
  const [open, setOpen] = useState(false);
  const show = useCallback((text: string, severity: Toast['severity']) => {
    setToast({ key: Date.now(), text, severity });
    setOpen(true);
  }, []);
  const toasts = useMemo<Toasts>(
    () => ({
      success: (text) => show(text, 'success'),
      failure: (error) => show([messageOf(error), hintOf(error)].filter(Boolean).join(' '), 'error'),
    }),
    [show],
  );
  const close = (_event: unknown, reason?: string) => {
    if (reason !== 'clickaway') setOpen(false);
  };
  return (
    <ToastContext.Provider value={toasts}>
      {children}
      {toast && (
        <Snackbar
          key={toast.key}
          open={open}
          autoHideDuration={toast.severity === 'error' ? 10_000 : 4000}
          onClose={close}
          anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
        >
          <Alert
            role={toast.severity === 'error' ? 'alert' : 'status'}
            severity={toast.severity}
            variant="filled"
            onClose={close}
            sx={{ alignItems: 'center', ...(toast.severity === 'success' && QUIET) }}
          >
            {toast.text}
          </Alert>
        </Snackbar>
      )}
    </ToastContext.Provider>
  );
}
