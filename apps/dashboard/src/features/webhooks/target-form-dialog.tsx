import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import TextField from '@mui/material/TextField';
import type { Webhook } from '@supastor/contract/wire/webhook';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { draftOf, isEvent, problemsOf, type TargetDraft, toInput } from './target-draft.ts';

const EVENTS = ['object.created', 'object.updated', 'object.removed'] as const;

interface TargetFormDialogProps {
  /** Changed when given, else a new one is made. */
  readonly target?: Webhook;
  readonly onClose: () => void;
  readonly onCreated?: (secret: string) => void;
}

/** Where to tell, of what, and how the sender shows who it is. */
export function TargetFormDialog({ target, onClose, onCreated }: TargetFormDialogProps) {
  const t = useMessages().webhooks;
  const { common } = useMessages();
  const titleId = useId();
  const client = useQueryClient();
  const [draft, setDraft] = useState<TargetDraft>(() => draftOf(target));
  const [asked, setAsked] = useState(false);
  const problems = problemsOf(t.problems, draft);
  const save = useMutation({
    mutationFn: async (): Promise<string | null> => {
      if (target === undefined) return (await call(operations.webhooksCreate, toInput(draft))).secret;
      await call(operations.webhooksUpdate, { id: target.id, ...toInput(draft) });
      return null;
    },
    onSuccess: (secret) => {
      onClose();
      if (secret !== null) onCreated?.(secret);
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.webhooks }),
  });
  const set = (part: Partial<TargetDraft>) => setDraft({ ...draft, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (Object.keys(problems).length === 0) save.mutate();
  };
  return (
    <Dialog open onClose={save.isPending ? undefined : onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{target === undefined ? t.newTarget : t.editTitle(target.name)}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 5 }}>
          <TextField
            label={t.name}
            autoFocus
            autoComplete="off"
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
            error={asked && problems.name !== undefined}
            helperText={asked && problems.name}
            sx={{ mt: 2 }}
            slotProps={{ htmlInput: { maxLength: 100 } }}
          />
          <TextField
            label="URL"
            type="url"
            autoComplete="off"
            value={draft.url}
            onChange={(event) => set({ url: event.target.value })}
            error={asked && problems.url !== undefined}
            helperText={(asked && problems.url) || t.urlHelp}
            slotProps={{ htmlInput: { spellCheck: false, maxLength: 2048 } }}
          />
          <EventChoice chosen={draft.events} onChange={(events) => set({ events })} />
          <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } }}>
            <TextField
              label={t.bucket}
              autoComplete="off"
              value={draft.bucket}
              onChange={(event) => set({ bucket: event.target.value })}
              helperText={t.bucketHelp}
              slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none', maxLength: 100 } }}
            />
            <TextField
              label={t.prefix}
              autoComplete="off"
              value={draft.prefix}
              onChange={(event) => set({ prefix: event.target.value })}
              helperText={t.prefixHelp}
              slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none', maxLength: 1024 } }}
            />
          </Box>
          <TextField
            label={t.bearer}
            type="password"
            autoComplete="off"
            value={draft.bearer}
            onChange={(event) => set({ bearer: event.target.value })}
            helperText={target?.hasBearer === true ? t.bearerKept : t.bearerHelp}
            slotProps={{ htmlInput: { maxLength: 4096 } }}
          />
          {save.error && <ErrorNotice error={save.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={save.isPending}>
            {common.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={save.isPending}>
            {target === undefined ? t.create : t.save}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface EventChoiceProps {
  readonly chosen: TargetDraft['events'];
  readonly onChange: (events: TargetDraft['events']) => void;
}

function EventChoice({ chosen, onChange }: EventChoiceProps) {
  const t = useMessages().webhooks;
  const helpId = useId();
  const toggle = (name: string, on: boolean) => onChange(EVENTS.filter((event) => (event === name ? on : isEvent(chosen, event))));
  return (
    <Box component="fieldset" aria-describedby={helpId} sx={{ m: 0, p: 0, border: 0, minWidth: 0 }}>
      <Box component="legend" sx={{ p: 0, fontSize: 13, fontWeight: 550 }}>
        {t.toldWhen}
      </Box>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 4 }}>
        {EVENTS.map((event) => (
          <FormControlLabel
            key={event}
            label={t.events[event]}
            control={<Checkbox size="small" checked={isEvent(chosen, event)} onChange={(change) => toggle(event, change.target.checked)} />}
          />
        ))}
      </Box>
      <FormHelperText id={helpId}>{t.noneChosen}</FormHelperText>
    </Box>
  );
}
