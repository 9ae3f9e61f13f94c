import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import type { SettingChange } from '@supastor/contract/wire/setting';
import { useMessages } from '../../messages/locale-provider.tsx';
import { MONO } from '../../ui/fonts.ts';

interface ChangePreviewProps {
  readonly change: SettingChange;
  readonly file: string;
}

/** The lines of the file before and after, and what has to be restarted. */
export function ChangePreview({ change: { diff, restarts }, file }: ChangePreviewProps) {
  const t = useMessages().settings;
  return (
    <>
      <Box
        component="pre"
        role="region"
        tabIndex={0}
        aria-label={t.diff(file)}
        sx={{
          m: 0,
          p: 4,
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          overflowX: 'auto',
          fontFamily: MONO,
          fontSize: 12,
          lineHeight: 1.6,
        }}
      >
        {diff.map(({ line, before, after }) => (
          <Box component="span" key={line} sx={{ display: 'block' }}>
            {before !== null && <DiffLine sign="-" line={line} text={before} />}
            {after !== null && <DiffLine sign="+" line={line} text={after} />}
          </Box>
        ))}
      </Box>
      <Alert severity={restarts.length > 0 ? 'warning' : 'success'} role="status">
        {restarts.length > 0 ? t.restarts(restarts.join(', ')) : t.noRestart}
      </Alert>
    </>
  );
}

function DiffLine({ sign, line, text }: { readonly sign: '+' | '-'; readonly line: number; readonly text: string }) {
  return (
    <Box component="span" sx={{ display: 'block', color: sign === '+' ? 'success.main' : 'error.main' }}>
      {sign} {String(line).padStart(3)} {text}
    </Box>
  );
}
