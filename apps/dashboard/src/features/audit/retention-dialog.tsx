import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useToasts } from '../../ui/toast.tsx';

const LEAST_DAYS = 30;
const SUGGESTED_DAYS = 365;

/** Removes the beginning of the trail. The trail says from then on that it did not always begin there. */
export function RetentionDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useMessages().audit;
  const [days, setDays] = useState(String(SUGGESTED_DAYS));
  const client = useQueryClient();
  const toasts = useToasts();
  const olderThanDays = Number(days);
  const isValid = Number.isInteger(olderThanDays) && olderThanDays >= LEAST_DAYS;
  const prune = useMutation({
    mutationFn: () => call(operations.auditPrune, { olderThanDays }),
    onSuccess: async ({ removed }) => {
      toasts.success(t.pruned(removed));
      await client.invalidateQueries({ queryKey: ['audit'] });
      onClose();
    },
  });
  return (
    <ConfirmDialog
      title={t.prune}
      action={t.pruneGo}
      busy={prune.isPending}
      error={prune.error}
      onConfirm={() => isValid && prune.mutate()}
      onClose={onClose}
    >
      <Typography sx={{ mb: 5 }}>{t.pruneText}</Typography>
      <TextField
        label={t.olderThan}
        type="number"
        value={days}
        onChange={(event) => setDays(event.target.value)}
        error={!isValid}
        helperText={t.atLeast(LEAST_DAYS)}
        slotProps={{ htmlInput: { min: LEAST_DAYS, step: 1 } }}
      />
    </ConfirmDialog>
  );
}
