import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { AlertRuleName } from '@supastor/contract/wire/alert';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useToasts } from '../../ui/toast.tsx';

const MINUTES = { hour: 60, quarter: 360, day: 1440, week: 10_080 } as const;
type Duration = keyof typeof MINUTES;
const DURATIONS: readonly Duration[] = ['hour', 'quarter', 'day', 'week'];

interface SilenceDialogProps {
  readonly rule: AlertRuleName;
  /** Null: whatever the rule fires for. */
  readonly subject: string | null;
  readonly onClose: () => void;
}

/** Asks how long and why. */
export function SilenceDialog({ rule, subject, onClose }: SilenceDialogProps) {
  const t = useMessages().monitoring.alerts;
  const titleId = useId();
  const [duration, setDuration] = useState<Duration>('hour');
  const [reason, setReason] = useState('');
  const client = useQueryClient();
  const toasts = useToasts();
  const silence = useMutation({
    mutationFn: () => {
      const only = subject === null ? {} : { subject };
      return call(operations.alertsSilence, { rule, ...only, minutes: MINUTES[duration], reason: reason.trim() });
    },
    onSuccess: async () => {
      toasts.success(t.silenceDone);
      await client.invalidateQueries({ queryKey: keys.alerts });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() !== '') silence.mutate();
  };
  return (
    <Dialog open onClose={onClose} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{t.silenceTitle(rule, subject)}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4 }}>
          <Typography color="textSecondary">{t.silenceText}</Typography>
          <TextField select label={t.forHow} value={duration} onChange={(event) => setDuration(pick(event.target.value))}>
            {DURATIONS.map((each) => (
              <MenuItem key={each} value={each}>
                {t.durations[each]}
              </MenuItem>
            ))}
          </TextField>
          <TextField required autoFocus label={t.reason} value={reason} onChange={(event) => setReason(event.target.value)} />
          {silence.error && <ErrorNotice error={silence.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" variant="contained" disabled={reason.trim() === ''} loading={silence.isPending}>
            {t.silence}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function pick(text: string): Duration {
  return DURATIONS.find((each) => each === text) ?? 'hour';
}
