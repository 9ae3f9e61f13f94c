import Box from '@mui/material/Box';
import { useMessages } from '../../messages/locale-provider.tsx';
import { MONO } from '../../ui/fonts.ts';

const COLOURS: Readonly<Record<string, string>> = { '+': 'success.main', '-': 'error.main' };

/** Lines of a definition before and after a change. */
export function PlanDiff({ lines }: { readonly lines: readonly string[] }) {
  const t = useMessages().policies;
  return (
    <Box
      component="pre"
      tabIndex={0}
      aria-label={t.change}
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
