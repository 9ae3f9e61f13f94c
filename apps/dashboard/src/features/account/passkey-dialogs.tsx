import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import type { Passkey } from '@supastor/contract/operations/passkeys';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { createPasskey } from '../../api/passkeys.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PasswordField } from '../../ui/password-field.tsx';
import { useToasts } from '../../ui/toast.tsx';

/** Makes a passkey with the device at hand. */
export function AddPasskeyDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages().account;
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const add = useChange(() => createPasskey(t.problems, name.trim(), password), onClose);
  return (
    <FormDialog title={t.addPasskey} action={t.next} busy={add.isPending} error={add.error} onSubmit={() => add.mutate()} onClose={onClose}>
      <NameField value={name} onChange={setName} />
      <PasswordField value={password} onChange={setPassword} help={t.yourPassword} />
    </FormDialog>
  );
}

/** Gives a passkey another name. */
export function RenamePasskeyDialog({ passkey, onClose }: { readonly passkey: Passkey; readonly onClose: () => void }) {
  const t = useMessages().account;
  const [name, setName] = useState(passkey.name);
  const rename = useChange(() => call(operations.accountRenamePasskey, { id: passkey.id, name: name.trim() }), onClose);
  return (
    <FormDialog
      title={t.renameIt(passkey.name)}
      action={t.rename}
      busy={rename.isPending}
      error={rename.error}
      onSubmit={() => rename.mutate()}
      onClose={onClose}
    >
      <NameField value={name} onChange={setName} />
    </FormDialog>
  );
}

function useChange(change: () => Promise<Passkey>, onClose: () => void) {
  const t = useMessages().account;
  const client = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: change,
    onSuccess: ({ name }) => {
      toasts.success(t.saved(name));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.passkeys }),
  });
}

function NameField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const t = useMessages().account;
  return (
    <TextField
      label={t.name}
      autoFocus
      required
      value={value}
      onChange={(event) => onChange(event.target.value)}
      helperText={t.nameHelp}
      slotProps={{ inputLabel: { required: false }, htmlInput: { maxLength: 100 } }}
    />
  );
}

interface FormDialogProps {
  readonly title: string;
  readonly action: string;
  readonly children: ReactNode;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
}

function FormDialog({ title, action, children, busy, error, onSubmit, onClose }: FormDialogProps) {
  const { common } = useMessages();
  const titleId = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Dialog open onClose={busy ? undefined : onClose} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit}>
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent>
          <Box sx={{ display: 'grid', gap: 5, pt: 2 }}>
            {children}
            {error && <ErrorNotice error={error} />}
          </Box>
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={busy}>
            {common.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={busy}>
            {action}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
