import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Snackbar from '@mui/material/Snackbar';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { useMessages } from '../messages/locale-provider.tsx';
import { hintOf, messageOf } from '../api/api-error.ts';

interface Toast {
  readonly key: number;
  readonly text: string;
  readonly severity: 'success' | 'error';
  readonly action: ToastAction | undefined;
}

/** What can be done about it, such as taking it back. */
export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

interface Toasts {
  readonly success: (text: string, action?: ToastAction) => void;
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
  const t = useMessages().common;
  const [toast, setToast] = useState<Toast | null>(null);
  const [open, setOpen] = useState(false);
  const show = useCallback((text: string, severity: Toast['severity'], action?: ToastAction) => {
    setToast({ key: Date.now(), text, severity, action });
    setOpen(true);
  }, []);
  const toasts = useMemo<Toasts>(
    () => ({
      success: (text, action) => show(text, 'success', action),
      failure: (error) => show([messageOf(error, t), hintOf(error, t)].filter(Boolean).join(' '), 'error'),
    }),
    [show, t],
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
          autoHideDuration={toast.severity === 'error' || toast.action ? 10_000 : 4000}
          onClose={close}
          anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
        >
          <Alert
            role={toast.severity === 'error' ? 'alert' : 'status'}
            severity={toast.severity}
            variant="filled"
            {...(toast.action ? { action: <ActionButton action={toast.action} onClose={() => setOpen(false)} /> } : { onClose: close })}
            sx={{ alignItems: 'center', ...(toast.severity === 'success' && QUIET) }}
          >
            {toast.text}
          </Alert>
        </Snackbar>
      )}
    </ToastContext.Provider>
  );
}

function ActionButton({ action, onClose }: { readonly action: ToastAction; readonly onClose: () => void }) {
  const onClick = () => {
    onClose();
    action.run();
  };
  return (
    <Button color="inherit" size="small" onClick={onClick} sx={{ fontWeight: 600 }}>
      {action.label}
    </Button>
  );
}
