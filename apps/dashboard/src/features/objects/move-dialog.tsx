import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { messageOf } from '../../api/api-error.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { baseName, parentPrefix, toPrefix } from './paths.ts';

interface MoveDialogProps {
  readonly bucket: string;
  readonly paths: readonly string[];
  readonly onClose: () => void;
  /** Told once everything has moved. */
  readonly onMoved: () => void;
}

/** Renames one object by its full path, or moves several into a folder. */
export function MoveDialog({ bucket, paths, onClose, onMoved }: MoveDialogProps) {
  const titleId = useId();
  const single = paths.length === 1 ? paths[0] : undefined;
  const start = single ?? parentPrefix(paths[0] ?? '');
  const [text, setText] = useState(start);
  const move = useMove(bucket, () => {
    onMoved();
    onClose();
  });
  // What nobody has touched stays as it is, slashes at its ends and all.
  const wanted = text === start ? start : single === undefined ? toPrefix(text) : text.trim().replace(/^\/+/, '');
  const target = (path: string) => (single === undefined ? wanted + path.slice(path.lastIndexOf('/') + 1) : wanted);
  const problem = problemOf(paths, target, single !== undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problem === null) move.mutate(paths.map((from) => ({ from, to: target(from) })));
  };
  return (
    <Dialog open onClose={move.isPending ? undefined : onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit}>
        <DialogTitle id={titleId}>{single === undefined ? `Move ${paths.length} objects` : 'Rename or move'}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4 }}>
          <TextField
            autoFocus
            sx={{ mt: 2 }}
            label={single === undefined ? 'Destination folder' : 'New path'}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onFocus={(event) => single !== undefined && selectStem(event.target)}
            helperText={
              single === undefined ? 'Empty is the top of the bucket. Folders come into being on their own.' : 'A slash makes folders.'
            }
            slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none', maxLength: 1024 } }}
          />
          {move.error && <ErrorNotice error={move.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={move.isPending}>
            Cancel
          </Button>
          <Button type="submit" variant="contained" loading={move.isPending} disabled={problem !== null}>
            Move
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface Step {
  readonly from: string;
  readonly to: string;
}

function useMove(bucket: string, onMoved: () => void) {
  const client = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: (steps: readonly Step[]) => moveAll(bucket, steps),
    onSuccess: (_result, steps) => {
      toasts.success(steps.length === 1 ? `Moved to ${steps[0]?.to ?? ''}` : `Moved ${steps.length} objects`);
      onMoved();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.objects(bucket) }),
  });
}

/** One after the other; those that fail do not stop the rest, and are named. */
async function moveAll(bucket: string, steps: readonly Step[]): Promise<void> {
  const failures: string[] = [];
  for (const { from, to } of steps.filter((step) => step.from !== step.to)) {
    await call(operations.objectsMove, { bucket, from, to }).catch((error: unknown) => {
      if (steps.length === 1) throw error;
      failures.push(`${baseName(from)}: ${messageOf(error)}`);
    });
  }
  if (failures.length > 0)
    throw new Error(`${failures.length} of ${steps.length} stayed where they were. ${failures.slice(0, 3).join(' ')}`);
}

function problemOf(paths: readonly string[], target: (path: string) => string, single: boolean): string | null {
  const targets = paths.map(target);
  if (targets.every((to, index) => to === paths[index])) return 'unchanged';
  return single && targets.some((to) => to === '' || to.endsWith('/')) ? 'no name' : null;
}

/** Selects the name without folders and extension, the part that is renamed most. */
function selectStem(input: EventTarget): void {
  if (!(input instanceof HTMLInputElement)) return;
  const start = parentPrefix(input.value).length;
  const dot = input.value.lastIndexOf('.');
  input.setSelectionRange(start, dot > start ? dot : input.value.length);
}
