import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import { formatDateTime } from '../../format/time.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import type { Messages } from '../../messages/messages.ts';
import { MONO } from '../../ui/fonts.ts';
import { signOne } from './object-queries.ts';
import { baseName, downloadUrl } from './paths.ts';

const expiries = (t: Messages['objects']) =>
  [
    [300, t.minutes(5)],
    [3600, t.hour],
    [86_400, t.day],
    [604_800, t.days(7)],
    [2_592_000, t.days(30)],
    [31_536_000, t.year],
  ] as const;

interface LinkDialogProps {
  readonly bucket: string;
  readonly path: string;
  /** The lasting address, when the bucket is public. */
  readonly publicUrl: string | null;
  readonly onClose: () => void;
}

/** Makes a link that works without signing in, for a chosen time. */
export function LinkDialog({ bucket, path, publicUrl, onClose }: LinkDialogProps) {
  const { objects: t, common } = useMessages();
  const titleId = useId();
  const [seconds, setSeconds] = useState(3600);
  const [asDownload, setAsDownload] = useState(false);
  const sign = useMutation({
    mutationFn: async () => {
      const url = await signOne(bucket, path, seconds);
      return { url: asDownload ? downloadUrl(url, path) : url, until: new Date(Date.now() + seconds * 1000).toISOString() };
    },
  });
  const change = (apply: () => void) => {
    apply();
    sign.reset();
  };
  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{t.link}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 5 }}>
        <Typography color="textSecondary">
          {t.linkText[0]}
          <b>{baseName(path)}</b>
          {t.linkText[1]}
        </Typography>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 4, alignItems: 'center' }}>
          <TextField
            select
            label={t.expiresAfter}
            value={seconds}
            onChange={(event) => change(() => setSeconds(Number(event.target.value)))}
            sx={{ width: 180 }}
          >
            {expiries(t).map(([value, label]) => (
              <MenuItem key={value} value={value}>
                {label}
              </MenuItem>
            ))}
          </TextField>
          <FormControlLabel
            control={<Checkbox size="small" checked={asDownload} onChange={(event) => change(() => setAsDownload(event.target.checked))} />}
            label={t.saveInstead}
          />
        </Box>
        {sign.error && <ErrorNotice error={sign.error} />}
        {sign.data && <LinkField label={t.link} url={sign.data.url} note={t.worksUntil(formatDateTime(sign.data.until))} />}
        {publicUrl !== null && <LinkField label={t.publicAddress} url={publicUrl} note={t.publicNote} copyLabel={t.copyPublic} />}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          {common.close}
        </Button>
        {sign.data ? (
          <CopyButton variant="contained" text={sign.data.url} label={t.copyLink} />
        ) : (
          <Button variant="contained" loading={sign.isPending} onClick={() => sign.mutate()} autoFocus>
            {t.createLink}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

interface LinkFieldProps {
  readonly label: string;
  readonly url: string;
  readonly note: string;
  /** What its own copy button is called, if it has one. */
  readonly copyLabel?: string;
}

function LinkField({ label, url, note, copyLabel }: LinkFieldProps) {
  const t = useMessages().common;
  return (
    <TextField
      label={label}
      value={url}
      helperText={note}
      onFocus={(event) => event.target.select()}
      slotProps={{
        htmlInput: { readOnly: true, style: { fontFamily: MONO, fontSize: 12 } },
        input: {
          endAdornment: (
            <>
              {copyLabel !== undefined && <CopyButton text={url} label={copyLabel} />}
              <Button size="small" href={url} target="_blank" rel="noreferrer" sx={{ flex: 'none', minWidth: 0, px: 2, minHeight: 30 }}>
                {t.open}
              </Button>
            </>
          ),
        },
      }}
    />
  );
}
