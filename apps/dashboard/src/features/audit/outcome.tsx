import Box from '@mui/material/Box';
import type { AuditEntry } from '@supastor/contract/operations/audit';
import { StatusDot, type Tone } from '../../ui/status-dot.tsx';
import { OUTCOMES } from './audit-filter.ts';

const TONES: Readonly<Record<keyof typeof OUTCOMES, Tone>> = {
  done: 'success',
  failed: 'error',
  denied: 'warning',
  interrupted: 'warning',
};

/** How an operation ended, as a dot and a word. */
export function Outcome({ outcome }: { readonly outcome: AuditEntry['outcome'] }) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2, whiteSpace: 'nowrap' }}>
      <StatusDot tone={outcome === null ? 'info' : TONES[outcome]} pulse={outcome === null} />
      {outcome === null ? 'Running' : OUTCOMES[outcome]}
    </Box>
  );
}
