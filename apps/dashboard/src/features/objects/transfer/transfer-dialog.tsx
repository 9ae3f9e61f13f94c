import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import type { Messages } from '../../../messages/messages.ts';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { parentPrefix } from '../paths.ts';
import type { Row } from '../rows.ts';
import { FolderField } from './folder-field.tsx';
import { planTransfer, startText, transferProblem, type TransferVerb } from './plan-transfer.ts';
import { runTransfer } from './run-transfer.ts';

interface TransferDialogProps {
  readonly verb: TransferVerb;
  readonly bucket: string;
  readonly rows: readonly Row[];
  readonly onClose: () => void;
  /** Told once objects have moved and jobs have begun. */
  readonly onDone: () => void;
}

/** Renames, moves or copies: one row by its full path, several into a folder; folders as jobs. */
export function TransferDialog({ verb, bucket, rows, onClose, onDone }: TransferDialogProps) {
  const t = useMessages().transfer;
  const { common } = useMessages();
  const titleId = useId();
  const [start] = useState(() => startText(rows, verb, t.copySuffix));
  const [text, setText] = useState(start);
  const [toBucket, setToBucket] = useState(bucket);
  const [overwrite, setOverwrite] = useState(false);
  const plan = planTransfer(rows, text, start);
  const problem = transferProblem(t.problems, plan, toBucket === bucket);
  const client = useQueryClient();
  const toasts = useToasts();
  const run = useMutation({
    mutationFn: () => runTransfer(client, { ...plan, verb, bucket, toBucket, overwrite, words: t }),
    onSuccess: () => {
      if (plan.objects.length > 0) toasts.success(doneText(t, verb, plan.objects));
      onDone();
      onClose();
    },
    onSettled: () => {
      for (const each of new Set([bucket, toBucket])) void client.invalidateQueries({ queryKey: keys.objects(each) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problem === null) run.mutate();
  };
  return (
    <Dialog open onClose={run.isPending ? undefined : onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit}>
        <DialogTitle id={titleId}>{titleOf(t, verb, rows)}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4 }}>
          <FolderField
            label={rows.length === 1 ? t.newPath : t.destination}
            bucket={toBucket}
            value={text}
            error={Boolean(problem)}
            help={problem || helpOf(t, rows)}
            onChange={setText}
            onFocus={(target) => rows.length === 1 && selectStem(target)}
          />
          <BucketField value={toBucket} onChange={setToBucket} />
          <FormControlLabel
            control={<Checkbox size="small" checked={overwrite} onChange={(event) => setOverwrite(event.target.checked)} />}
            label={t.replace}
          />
          {run.error && <ErrorNotice error={run.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={run.isPending}>
            {common.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={run.isPending} disabled={problem !== null}>
            {verb === 'move' ? t.move : t.copy}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function BucketField({ value, onChange }: { readonly value: string; readonly onChange: (bucket: string) => void }) {
  const t = useMessages().transfer;
  const buckets = useQuery({
    queryKey: [...keys.buckets, 'names'],
    queryFn: ({ signal }) => call(operations.bucketsList, { limit: 200 }, signal),
    staleTime: 30_000,
  });
  const names = new Set([value, ...(buckets.data?.buckets ?? []).map(({ id }) => id)]);
  return (
    <TextField select label={t.bucket} value={value} onChange={(event) => onChange(event.target.value)}>
      {[...names].toSorted().map((name) => (
        <MenuItem key={name} value={name}>
          {name}
        </MenuItem>
      ))}
    </TextField>
  );
}

type Words = Messages['transfer'];

function titleOf(t: Words, verb: TransferVerb, rows: readonly Row[]): string {
  const [first] = rows;
  const one = first?.kind === 'folder' ? t.folder(first.name) : (first?.name ?? '');
  const what = rows.length === 1 ? one : t.items(rows.length);
  if (verb === 'copy') return t.copyTitle(what);
  return rows.length === 1 ? t.renameTitle(what) : t.moveTitle(what);
}

function helpOf(t: Words, rows: readonly Row[]): string {
  if (rows.length > 1) return t.topHelp;
  return rows[0]?.kind === 'folder' ? t.folderHelp : t.slashHelp;
}

function doneText(t: Words, verb: TransferVerb, objects: readonly { readonly to: string }[]): string {
  const done = t.done[verb];
  return objects.length === 1 ? done.to(objects[0]?.to ?? '') : done.many(objects.length);
}

/** Selects the name without folders and extension, the part that is renamed most. */
function selectStem(input: EventTarget): void {
  if (!(input instanceof HTMLInputElement)) return;
  const start = parentPrefix(input.value).length;
  const dot = input.value.lastIndexOf('.');
  const end = input.value.endsWith('/') ? input.value.length - 1 : input.value.length;
  input.setSelectionRange(start, dot > start ? dot : end);
}
