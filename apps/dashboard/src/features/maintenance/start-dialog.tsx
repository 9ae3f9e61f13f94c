import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import Typography from '@mui/material/Typography';
import type { MaintenanceKind } from '@supastor/contract/wire/maintenance';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useToasts } from '../../ui/toast.tsx';

interface StartDialogProps {
  readonly kind: MaintenanceKind;
  readonly onClose: () => void;
}

/** Says what a run does, asks for its one choice, starts it. */
export function StartDialog({ kind, onClose }: StartDialogProps) {
  const t = useMessages().maintenance;
  const titleId = useId();
  const helpId = useId();
  const [chosen, setChosen] = useState(false);
  const client = useQueryClient();
  const toasts = useToasts();
  const start = useMutation({
    mutationFn: () => begin(kind, chosen),
    onSuccess: async () => {
      toasts.success(t.started(t.kinds[kind]));
      await client.invalidateQueries({ queryKey: keys.maintenance });
      onClose();
    },
  });
  const [label, help] = {
    scan: [t.removeDangling, t.removeDanglingHelp] as const,
    scrub: [t.onlyDamaged, t.onlyDamagedHelp] as const,
    import: [t.removeSource, t.removeSourceHelp] as const,
  }[kind];
  return (
    <Dialog open onClose={onClose} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{t.start(t.kinds[kind])}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 4 }}>
        <Typography color="textSecondary">{t.about[kind]}</Typography>
        <div>
          <FormControlLabel
            control={
              <Checkbox
                checked={chosen}
                onChange={(event) => setChosen(event.target.checked)}
                slotProps={{ input: { 'aria-describedby': helpId } }}
              />
            }
            label={label}
          />
          <FormHelperText id={helpId} sx={{ ml: 6 }}>
            {help}
          </FormHelperText>
        </div>
        {start.error && <ErrorNotice error={start.error} />}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          {t.cancel}
        </Button>
        <Button variant="contained" loading={start.isPending} onClick={() => start.mutate()} autoFocus>
          {t.start(t.kinds[kind])}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function begin(kind: MaintenanceKind, chosen: boolean): Promise<unknown> {
  switch (kind) {
    case 'scan':
      return call(operations.maintenanceScan, { removeDangling: chosen });
    case 'scrub':
      return call(operations.maintenanceScrub, { onlyDamaged: chosen });
    case 'import':
      return call(operations.maintenanceImport, { removeSource: chosen });
  }
}
