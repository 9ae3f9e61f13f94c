import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { Schedule } from '@supastor/contract/operations/schedules';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { CronFields } from './cron-fields.tsx';
import {
  type DraftFieldsProps,
  draftOf,
  emptyDraft,
  KINDS,
  LEAST_RETENTION_DAYS,
  problemOf,
  type ScheduleDraft,
  toSchedule,
} from './schedule-draft.ts';

interface ScheduleDialogProps {
  /** Null: a new one. */
  readonly schedule: Schedule | null;
  readonly onClose: () => void;
}

/** What is to run and when. What it does cannot be changed later: then it is another schedule. */
export function ScheduleDialog({ schedule, onClose }: ScheduleDialogProps) {
  const t = useMessages().schedules;
  const titleId = useId();
  const client = useQueryClient();
  const toasts = useToasts();
  const [draft, setDraft] = useState<ScheduleDraft>(() => (schedule === null ? emptyDraft() : draftOf(schedule)));
  const [asked, setAsked] = useState(false);
  const set = (part: Partial<ScheduleDraft>) => setDraft({ ...draft, ...part });
  const problem = asked ? problemOf(draft) : null;
  const save = useMutation({
    mutationFn: () =>
      schedule === null
        ? call(operations.schedulesCreate, { ...toSchedule(draft), kind: draft.kind })
        : call(operations.schedulesUpdate, { ...toSchedule(draft, schedule.settings), id: schedule.id }),
    onSuccess: async ({ name }) => {
      toasts.success(schedule === null ? t.created(name) : t.saved(name));
      await client.invalidateQueries({ queryKey: keys.schedules });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (problemOf(draft) === null) save.mutate();
  };
  return (
    <Dialog open onClose={save.isPending ? undefined : onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{schedule === null ? t.create : t.editIt(schedule.name)}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 5 }}>
          <TextField
            select
            label={t.what}
            value={draft.kind}
            disabled={schedule !== null}
            onChange={(event) => set({ kind: KINDS.find((kind) => kind === event.target.value) ?? draft.kind })}
            helperText={t.about[draft.kind]}
            sx={{ mt: 2 }}
          >
            {KINDS.map((kind) => (
              <MenuItem key={kind} value={kind}>
                {t.kinds[kind]}
              </MenuItem>
            ))}
          </TextField>
          <TextField
            label={t.name}
            autoFocus
            autoComplete="off"
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
            error={problem === 'name'}
            helperText={problem === 'name' ? t.problems.name : t.nameHelp}
            slotProps={{ htmlInput: { maxLength: 100 } }}
          />
          <KindSettings draft={draft} problem={problem} onChange={set} />
          <CronFields draft={draft} problem={problem} onChange={set} />
          <FormControlLabel
            control={<Checkbox checked={draft.isCaughtUp} onChange={(event) => set({ isCaughtUp: event.target.checked })} />}
            label={t.catchUp}
          />
          {save.error && <ErrorNotice error={save.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={save.isPending}>
            {t.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={save.isPending}>
            {schedule === null ? t.createIt : t.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

/** The one setting that each kind has; some have none. */
function KindSettings({ draft, problem, onChange }: DraftFieldsProps) {
  const t = useMessages().schedules;
  const { maintenance } = useMessages();
  if (draft.kind === 'audit.prune')
    return (
      <TextField
        label={t.olderThan}
        value={draft.olderThanDays}
        onChange={(event) => onChange({ olderThanDays: event.target.value })}
        error={problem === 'days'}
        helperText={problem === 'days' ? t.problems.days(LEAST_RETENTION_DAYS) : t.olderThanHelp}
        slotProps={{ htmlInput: { inputMode: 'numeric', maxLength: 5 } }}
      />
    );
  if (draft.kind !== 'maintenance.scan' && draft.kind !== 'maintenance.scrub') return null;
  return (
    <FormControlLabel
      control={<Checkbox checked={draft.chosen} onChange={(event) => onChange({ chosen: event.target.checked })} />}
      label={draft.kind === 'maintenance.scan' ? maintenance.removeDangling : maintenance.onlyDamaged}
    />
  );
}
