import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import type { Setting } from '@supastor/contract/wire/setting';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { messageOf } from '../../api/api-error.ts';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MONO } from '../../ui/fonts.ts';
import { useToasts } from '../../ui/toast.tsx';
import { ChangePreview } from './change-preview.tsx';
import { useCheck } from './setting-queries.ts';
import { SettingSource, useShownValue } from '../../ui/setting-source.tsx';
import { ValueField } from './value-field.tsx';

interface SettingDialogProps {
  readonly setting: Setting;
  readonly mayWrite: boolean;
  /** Name of the file that is changed. */
  readonly file: string;
  readonly onClose: () => void;
}

/** One setting: where its value came from, and, where the file decides, a new one. */
export function SettingDialog({ setting, mayWrite, file, onClose }: SettingDialogProps) {
  const t = useMessages().settings;
  const titleId = useId();
  const client = useQueryClient();
  const toasts = useToasts();
  const { path, revision, value: current, inFile } = setting;
  const [value, setValue] = useState(current ?? '');
  const { check, isSettled } = useCheck(setting, value);
  const isChanged = value !== (current ?? '');
  const problem = isChanged ? (check.data?.problem ?? (check.error ? messageOf(check.error) : null)) : null;
  const change = isChanged ? (check.data?.change ?? null) : null;
  const canSave = isChanged && isSettled && change !== null;
  const editable = mayWrite && setting.locked === null;
  const save = useMutation({
    mutationFn: (wanted: string | null) =>
      wanted === null
        ? call(operations.settingsUnset, { path, revision })
        : call(operations.settingsSet, { path, revision, value: wanted }),
    onSuccess: (_, wanted) => {
      toasts.success(wanted === null ? t.removed(path) : t.saved(path));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.settings }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canSave) save.mutate(value);
  };
  return (
    <Dialog open onClose={save.isPending ? undefined : onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <form onSubmit={submit} noValidate>
        <DialogTitle id={titleId} sx={{ fontFamily: MONO, overflowWrap: 'anywhere' }}>
          {path}
        </DialogTitle>
        <DialogContent sx={{ display: 'grid', gap: 4 }}>
          <Typography color="textSecondary">{setting.description}</Typography>
          <Facts setting={setting} />
          {setting.locked !== null && <Alert severity="info">{setting.locked}</Alert>}
          {setting.locked === null && !mayWrite && <Alert severity="info">{t.mayNot}</Alert>}
          {editable && <ValueField setting={setting} value={value} onChange={setValue} problem={problem} />}
          {editable && change && <ChangePreview change={change} file={file} />}
          {save.error && <ErrorNotice error={save.error} />}
        </DialogContent>
        <DialogActions>
          {editable && inFile && (
            <Button color="inherit" loading={save.isPending} onClick={() => save.mutate(null)} sx={{ mr: 'auto' }}>
              {t.remove}
            </Button>
          )}
          <Button color="inherit" onClick={onClose}>
            {editable ? t.cancel : t.close}
          </Button>
          {editable && (
            <Button type="submit" variant="contained" loading={save.isPending} disabled={!canSave}>
              {t.save}
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Facts({ setting }: { readonly setting: Setting }) {
  const t = useMessages().settings;
  const valueOf = useShownValue();
  const rows = [
    { key: t.value, shown: setting },
    ...setting.overrode.map((weaker) => ({ key: t.overrode, shown: { ...weaker, secret: setting.secret } })),
  ];
  return (
    <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: 'auto minmax(0, 1fr)', columnGap: 4, rowGap: 2, fontSize: 13 }}>
      {rows.map(({ key, shown }, index) => (
        // Values have no name but their place.
        <Box key={index} sx={{ display: 'contents' }}>
          <Box component="dt" sx={{ color: 'text.secondary' }}>
            {key}
          </Box>
          <Box component="dd" sx={{ m: 0, overflowWrap: 'anywhere' }}>
            <Box component="span" sx={{ fontFamily: shown.value === null ? undefined : MONO }}>
              {valueOf(shown)}
            </Box>
            <Typography variant="caption" component="div" color="textSecondary">
              <SettingSource source={shown.source} />
            </Typography>
          </Box>
        </Box>
      ))}
    </Box>
  );
}
