import Box from '@mui/material/Box';
import { useMessages } from '../messages/locale-provider.tsx';
import { MONO } from './fonts.ts';
import { CopyButton } from './copy-button.tsx';

interface CodeSnippetProps {
  readonly code: string;
  /** What the snippet does, for screen readers. */
  readonly label: string;
}

/** Code to take away. */
export function CodeSnippet({ code, label }: CodeSnippetProps) {
  const t = useMessages().common;
  return (
    <Box
      sx={{ position: 'relative', textAlign: 'left', border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.default' }}
    >
      <Box
        component="pre"
        tabIndex={0}
        aria-label={label}
        sx={{ m: 0, p: 4, pr: 14, overflowX: 'auto', fontFamily: MONO, fontSize: 12, lineHeight: 1.7, tabSize: 2 }}
      >
        {code}
      </Box>
      <Box sx={{ position: 'absolute', top: 6, right: 6, bgcolor: 'background.default', borderRadius: 1 }}>
        <CopyButton text={code} label={t.copyCode} />
      </Box>
    </Box>
  );
}
