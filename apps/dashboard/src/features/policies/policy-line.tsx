import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Typography from '@mui/material/Typography';
import type { Policy, PolicyFinding } from '@supastor/contract/operations/policies';
import { useMessages } from '../../messages/locale-provider.tsx';
import { MONO } from '../../ui/fonts.ts';
import { Findings } from './findings.tsx';

interface PolicyLineProps {
  readonly policy: Policy & { readonly findings: readonly PolicyFinding[] };
  readonly onAsk: (kind: 'edit' | 'delete') => void;
}

/** One policy: what it allows to whom, its expressions, and what is wrong with it. */
export function PolicyLine({ policy, onAsk }: PolicyLineProps) {
  const t = useMessages().policies;
  const { name, command, roles, permissive, buckets, using, check, table } = policy;
  return (
    <Box component="li" aria-label={name} sx={{ px: 5, py: 4, display: 'grid', gap: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, flexWrap: 'wrap' }}>
        <Typography sx={{ fontSize: 13, fontWeight: 550, overflowWrap: 'anywhere' }}>{name}</Typography>
        <Chip size="small" label={command} variant="outlined" />
        {!permissive && <Chip size="small" label={t.restrictive} color="warning" variant="outlined" />}
        <Box sx={{ ml: 'auto', display: 'flex', gap: 1 }}>
          {table === 'objects' && (
            <Button size="small" color="inherit" onClick={() => onAsk('edit')} aria-label={t.editIt(name)}>
              {t.edit}
            </Button>
          )}
          <Button size="small" color="error" onClick={() => onAsk('delete')} aria-label={t.deleteOne(name)}>
            {t.remove}
          </Button>
        </Box>
      </Box>
      <Typography variant="caption" component="div" color="textSecondary">
        {roles.includes('public') ? t.everybody : roles.join(', ')} · {buckets.length === 0 ? t.allBuckets : buckets.join(', ')}
        {table === 'buckets' && t.bucketList}
      </Typography>
      {using !== null && <Expression clause="using" text={using} />}
      {check !== null && check !== using && <Expression clause="with check" text={check} />}
      <Findings findings={policy.findings} />
    </Box>
  );
}

function Expression({ clause, text }: { readonly clause: string; readonly text: string }) {
  return (
    <Box component="code" sx={{ fontFamily: MONO, fontSize: 12, overflowWrap: 'anywhere', color: 'text.secondary' }}>
      {clause} {text}
    </Box>
  );
}
