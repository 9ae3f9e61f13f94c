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
import { formatDateTime } from '../../format/time.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MONO } from '../../ui/fonts.ts';
import { signOne } from './object-queries.ts';
import { baseName, downloadUrl } from './paths.ts';

const EXPIRIES = [
  [300, '5 minutes'],
  [3600, '1 hour'],
  [86_400, '1 day'],
  [604_800, '7 days'],
  [2_592_000, '30 days'],
  [31_536_000, '1 year'],
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
      <DialogTitle id={titleId}>Signed link</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 5 }}>
        <Typography color="textSecondary">
          Anyone with the link can read <b>{baseName(path)}</b> until it expires, or until it is revoked under Links.
        </Typography>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 4, alignItems: 'center' }}>
          <TextField
            select
            label="Expires after"
            value={seconds}
            onChange={(event) => change(() => setSeconds(Number(event.target.value)))}
            sx={{ width: 180 }}
          >
            {EXPIRIES.map(([value, label]) => (
              <MenuItem key={value} value={value}>
                {label}
              </MenuItem>
            ))}
          </TextField>
          <FormControlLabel
            control={<Checkbox size="small" checked={asDownload} onChange={(event) => change(() => setAsDownload(event.target.checked))} />}
            label="Save instead of show"
          />
        </Box>
        {sign.error && <ErrorNotice error={sign.error} />}
        {sign.data && <LinkField label="Signed link" url={sign.data.url} note={`Works until ${formatDateTime(sign.data.until)}`} />}
        {publicUrl !== null && (
          <LinkField
            label="Public address"
            url={publicUrl}
            note="The bucket is public: this address needs no signature and lasts."
            copyable
          />
        )}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          Close
        </Button>
        {sign.data ? (
          <CopyButton variant="contained" text={sign.data.url} label="Copy link" />
        ) : (
          <Button variant="contained" loading={sign.isPending} onClick={() => sign.mutate()} autoFocus>
            Create link
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
  /** With a copy button of its own. */
  readonly copyable?: boolean;
}

function LinkField({ label, url, note, copyable = false }: LinkFieldProps) {
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
              {copyable && <CopyButton text={url} label={`Copy ${label.toLowerCase()}`} />}
              <Button size="small" href={url} target="_blank" rel="noreferrer" sx={{ flex: 'none', minWidth: 0, px: 2, minHeight: 30 }}>
                Open
              </Button>
            </>
          ),
        },
      }}
    />
  );
}
