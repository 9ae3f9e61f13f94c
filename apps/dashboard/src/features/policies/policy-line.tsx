import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Typography from '@mui/material/Typography';
import type { Policy, PolicyFinding } from '@supastor/contract/operations/policies';
import { MONO } from '../../ui/fonts.ts';
import { Findings } from './findings.tsx';

interface PolicyLineProps {
  readonly policy: Policy & { readonly findings: readonly PolicyFinding[] };
  readonly onAsk: (kind: 'edit' | 'delete') => void;
}

/** One policy: what it allows to whom, its expressions, and what is wrong with it. */
export function PolicyLine({ policy, onAsk }: PolicyLineProps) {
  const { name, command, roles, permissive, buckets, using, check, table } = policy;
  return (
    <Box component="li" aria-label={name} sx={{ px: 5, py: 4, display: 'grid', gap: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, flexWrap: 'wrap' }}>
        <Typography sx={{ fontSize: 13, fontWeight: 550, overflowWrap: 'anywhere' }}>{name}</Typography>
        <Chip size="small" label={command} variant="outlined" />
        {!permissive && <Chip size="small" label="Restrictive" color="warning" variant="outlined" />}
        <Box sx={{ ml: 'auto', display: 'flex', gap: 1 }}>
          {table === 'objects' && (
            <Button size="small" color="inherit" onClick={() => onAsk('edit')} aria-label={`Edit ${name}`}>
              Edit
            </Button>
          )}
          <Button size="small" color="error" onClick={() => onAsk('delete')} aria-label={`Delete ${name}`}>
            Delete
          </Button>
        </Box>
      </Box>
      <Typography variant="caption" component="div" color="textSecondary">
        {roles.includes('public') ? 'Everybody' : roles.join(', ')} · {buckets.length === 0 ? 'all buckets' : buckets.join(', ')}
        {table === 'buckets' && ' · the list of buckets'}
      </Typography>
      {using !== null && <Expression label="using" text={using} />}
      {check !== null && check !== using && <Expression label="with check" text={check} />}
      <Findings findings={policy.findings} />
    </Box>
  );
}

function Expression({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <Box component="code" sx={{ fontFamily: MONO, fontSize: 12, overflowWrap: 'anywhere', color: 'text.secondary' }}>
      {label} {text}
    </Box>
  );
}
