import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CodeField } from '../../ui/code-field.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** Turns the second factor off. */
export function TurnOffDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages().account;
  const client = useQueryClient();
  const toasts = useToasts();
  const turnOff = useMutation({
    mutationFn: (code: string) => call(operations.accountDisableSecondFactor, { code }),
    onSuccess: () => {
      toasts.success(t.isOff);
      onClose();
      for (const queryKey of [keys.secondFactor, keys.users, keys.session]) void client.invalidateQueries({ queryKey });
    },
  });
  return (
    <ProofDialog
      title={t.turnOffTitle}
      action={t.turnOff}
      danger
      busy={turnOff.isPending}
      error={turnOff.error}
      onProof={turnOff.mutate}
      onClose={onClose}
    >
      {t.turnOffText}
    </ProofDialog>
  );
}

/** Makes new recovery codes, and shows them this once. */
export function RenewCodesDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages().account;
  const titleId = useId();
  const client = useQueryClient();
  const renew = useMutation({
    mutationFn: (code: string) => call(operations.accountRenewRecoveryCodes, { code }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.secondFactor }),
  });
  if (renew.data === undefined) {
    return (
      <ProofDialog
        title={t.newCodesTitle}
        action={t.makeCodes}
        busy={renew.isPending}
        error={renew.error}
        onProof={renew.mutate}
        onClose={onClose}
      >
        {t.newCodesText}
      </ProofDialog>
    );
  }
  return (
    <Dialog open maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{t.newCodesTitle}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 5 }}>
        <RecoveryCodes codes={renew.data.recoveryCodes} />
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose}>
          {t.kept}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

interface ProofDialogProps {
  readonly title: string;
  readonly action: string;
  readonly danger?: boolean;
  readonly children: ReactNode;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onProof: (code: string) => void;
  readonly onClose: () => void;
}

/** Asks for a code before it goes on. */
function ProofDialog({ title, action, danger = false, children, busy, error, onProof, onClose }: ProofDialogProps) {
  const t = useMessages().account;
  const { common } = useMessages();
  const titleId = useId();
  const [code, setCode] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onProof(code);
  };
  return (
    <Dialog open onClose={busy ? undefined : onClose} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit}>
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4 }}>
          <Typography color="textSecondary">{children}</Typography>
          <CodeField value={code} onChange={setCode} help={t.codeHelp} />
          {error && <ErrorNotice error={error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={busy}>
            {common.cancel}
          </Button>
          <Button type="submit" variant="contained" color={danger ? 'error' : 'primary'} loading={busy}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
