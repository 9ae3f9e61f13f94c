import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useMessages } from '../../messages/locale-provider.tsx';
import { MONO } from '../../ui/fonts.ts';
import { diffJson, type JsonDiffLine } from './json-diff.ts';

interface ChangeDiffProps {
  readonly before: unknown;
  readonly after: unknown;
}

const COLORS: Readonly<Record<JsonDiffLine['sign'], string>> = { '+': 'success.main', '-': 'error.main', ' ': 'text.secondary' };

/** Before and after in one, with what changed marked by sign and colour. */
export function ChangeDiff({ before, after }: ChangeDiffProps) {
  const t = useMessages().audit;
  // Lines are never reordered, so their place is a key.
  const lines = diffJson(before, after).map((line, index) => ({ ...line, id: index }));
  return (
    <section>
      <Typography variant="h3" sx={{ mb: 2 }}>
        {t.change}
      </Typography>
      <Box
        component="pre"
        tabIndex={0}
        aria-label={t.change}
        sx={{
          m: 0,
          p: 4,
          overflowX: 'auto',
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          bgcolor: 'background.default',
          fontFamily: MONO,
          fontSize: 12,
          lineHeight: 1.7,
        }}
      >
        {lines.map(({ id, sign, text }) => (
          <Box key={id} component="span" sx={{ display: 'block', color: COLORS[sign], fontWeight: sign === ' ' ? 400 : 550 }}>
            {`${sign} ${text}`}
          </Box>
        ))}
      </Box>
    </section>
  );
}
