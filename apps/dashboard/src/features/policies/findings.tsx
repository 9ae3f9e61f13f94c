import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { PolicyFinding } from '@supastor/contract/operations/policies';
import { useMessages } from '../../messages/locale-provider.tsx';
import { StatusDot, type Tone } from '../../ui/status-dot.tsx';

const TONES: Readonly<Record<PolicyFinding['level'], Tone>> = { error: 'error', warning: 'warning', hint: 'info' };

/** What the linter says: the danger, and what to write instead. */
export function Findings({ findings }: { readonly findings: readonly PolicyFinding[] }) {
  const t = useMessages().policies;
  if (findings.length === 0) return null;
  return (
    <Box component="ul" aria-label={t.findings} sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gap: 1 }}>
      {findings.map(({ rule, level, message, advice }) => (
        <Typography key={rule} component="li" variant="caption" sx={{ display: 'flex', gap: 2, alignItems: 'baseline' }}>
          <StatusDot tone={TONES[level]} label={level} />
          <span>
            {message}{' '}
            <Box component="span" sx={{ color: 'text.secondary' }}>
              {advice}
            </Box>
          </span>
        </Typography>
      ))}
    </Box>
  );
}
