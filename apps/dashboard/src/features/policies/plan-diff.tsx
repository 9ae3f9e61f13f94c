import Box from '@mui/material/Box';
import { MONO } from '../../ui/fonts.ts';

const COLOURS: Readonly<Record<string, string>> = { '+': 'success.main', '-': 'error.main' };

/** Lines of a definition before and after a change. */
export function PlanDiff({ lines }: { readonly lines: readonly string[] }) {
  return (
    <Box
      component="pre"
      tabIndex={0}
      aria-label="Change"
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
      {lines.map((line, index) => (
        <Box component="span" key={`${index}${line}`} sx={{ display: 'block', color: COLOURS[line.charAt(0)] ?? 'text.secondary' }}>
          {line}
        </Box>
      ))}
    </Box>
  );
}
