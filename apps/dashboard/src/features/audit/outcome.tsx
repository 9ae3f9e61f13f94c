import Box from '@mui/material/Box';
import type { AuditEntry } from '@supastor/contract/operations/audit';
import { useMessages } from '../../messages/locale-provider.tsx';
import { StatusDot, type Tone } from '../../ui/status-dot.tsx';

const TONES: Readonly<Record<NonNullable<AuditEntry['outcome']>, Tone>> = {
  done: 'success',
  failed: 'error',
  denied: 'warning',
  interrupted: 'warning',
};

/** How an operation ended, as a dot and a word. */
export function Outcome({ outcome }: { readonly outcome: AuditEntry['outcome'] }) {
  const t = useMessages().audit;
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2, whiteSpace: 'nowrap' }}>
      <StatusDot tone={outcome === null ? 'info' : TONES[outcome]} pulse={outcome === null} />
      {outcome === null ? t.running : t.outcomes[outcome]}
    </Box>
  );
}
