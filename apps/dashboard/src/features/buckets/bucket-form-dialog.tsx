import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import type { Bucket } from '@supastor/contract/operations/buckets';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { type BucketForm, checkForm, EMPTY_FORM, type FormErrors, formOf, settingsOf } from './bucket-form.ts';

interface BucketFormDialogProps {
  /** The bucket to change; a new one is made without it. */
  readonly bucket?: Bucket;
  readonly onClose: () => void;
  readonly onSaved?: (bucket: Bucket) => void;
}

/** Makes a bucket or changes its settings. */
export function BucketFormDialog({ bucket, onClose, onSaved }: BucketFormDialogProps) {
  const t = useMessages().buckets;
  const { common } = useMessages();
  const titleId = useId();
  const [form, setForm] = useState<BucketForm>(() => (bucket ? formOf(bucket) : EMPTY_FORM));
  const [asked, setAsked] = useState(false);
  const save = useSave(bucket, (saved) => {
    onClose();
    onSaved?.(saved);
  });
  const errors = checkForm(t.problems, form);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (Object.keys(errors).length === 0) save.mutate(form);
  };
  return (
    <Dialog open onClose={save.isPending ? undefined : onClose} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId}>{bucket ? t.settingsOf(bucket.id) : t.newBucket}</DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 5 }}>
          <Fields
            form={form}
            errors={asked ? errors : {}}
            isNew={bucket === undefined}
            onChange={(part) => setForm({ ...form, ...part })}
          />
          {save.error && <ErrorNotice error={save.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose} disabled={save.isPending}>
            {common.cancel}
          </Button>
          <Button type="submit" variant="contained" loading={save.isPending}>
            {bucket ? t.save : t.create}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface FieldsProps {
  readonly form: BucketForm;
  readonly errors: FormErrors;
  readonly isNew: boolean;
  readonly onChange: (part: Partial<BucketForm>) => void;
}

function Fields({ form, errors, isNew, onChange }: FieldsProps) {
  const t = useMessages().buckets;
  const publicHelpId = useId();
  const versionsHelpId = useId();
  return (
    <>
      {isNew && (
        <TextField
          label={t.name}
          autoFocus
          autoComplete="off"
          value={form.name}
          onChange={(event) => onChange({ name: event.target.value })}
          error={errors.name !== undefined}
          helperText={errors.name ?? t.nameHelp}
          sx={{ mt: 2 }}
          slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none', maxLength: 100 } }}
        />
      )}
      <div>
        <FormControlLabel
          control={
            <Switch
              checked={form.public}
              onChange={(event) => onChange({ public: event.target.checked })}
              slotProps={{ input: { 'aria-describedby': publicHelpId } }}
            />
          }
          label={t.public}
        />
        <FormHelperText id={publicHelpId}>{form.public ? t.publicOn : t.publicOff}</FormHelperText>
      </div>
      <div>
        <FormControlLabel
          control={
            <Switch
              checked={form.versioned}
              onChange={(event) => onChange({ versioned: event.target.checked })}
              slotProps={{ input: { 'aria-describedby': versionsHelpId } }}
            />
          }
          label={t.versions}
        />
        <FormHelperText id={versionsHelpId}>{form.versioned ? t.versionsOn : t.versionsOff}</FormHelperText>
      </div>
      <TextField
        label={t.sizeLimit}
        placeholder="50 MB"
        value={form.sizeLimit}
        onChange={(event) => onChange({ sizeLimit: event.target.value })}
        error={errors.sizeLimit !== undefined}
        helperText={errors.sizeLimit ?? t.sizeLimitHelp}
      />
      <TextField
        label={t.types}
        placeholder="image/*, application/pdf"
        value={form.mimeTypes}
        onChange={(event) => onChange({ mimeTypes: event.target.value })}
        error={errors.mimeTypes !== undefined}
        helperText={errors.mimeTypes ?? t.typesHelp}
        slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none' } }}
      />
    </>
  );
}

function useSave(bucket: Bucket | undefined, onSaved: (bucket: Bucket) => void) {
  const t = useMessages().buckets;
  const client = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: (form: BucketForm) =>
      bucket
        ? call(operations.bucketsUpdate, { bucket: bucket.id, ...settingsOf(form, bucket.versioning_status) })
        : call(operations.bucketsCreate, { name: form.name, ...settingsOf(form) }),
    onSuccess: (saved) => {
      client.setQueryData(keys.bucket(saved.id), saved);
      void client.invalidateQueries({ queryKey: keys.buckets });
      toasts.success(bucket ? t.saved(saved.id) : t.made(saved.id));
      onSaved(saved);
    },
  });
}
