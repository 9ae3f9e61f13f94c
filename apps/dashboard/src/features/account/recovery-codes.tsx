import DownloadIcon from '@mui/icons-material/FileDownloadOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { MONO } from '../../ui/fonts.ts';

/** Shows recovery codes, this once, with ways to keep them. */
export function RecoveryCodes({ codes }: { readonly codes: readonly string[] }) {
  const t = useMessages().account;
  const text = `${codes.join('\n')}\n`;
  return (
    <>
      <Alert severity="warning" variant="outlined">
        {t.codesText}
      </Alert>
      <Box
        component="ul"
        aria-label={t.codes}
        sx={{
          m: 0,
          p: 4,
          listStyle: 'none',
          display: 'grid',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))' },
          gap: 2,
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          fontFamily: MONO,
          fontSize: 13,
        }}
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </Box>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 3 }}>
        <CopyButton text={text} label={t.copyCodes} variant="outlined" />
        <Button variant="outlined" startIcon={<DownloadIcon />} onClick={() => download(text)}>
          {t.download}
        </Button>
      </Box>
    </>
  );
}

function download(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `recovery-codes-${location.hostname}.txt`;
  link.click();
  URL.revokeObjectURL(url);
}
