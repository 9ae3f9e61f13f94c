import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { AuditEntry } from '@supastor/contract/operations/audit';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { CLIPPED, FixedTable } from '../../ui/table-frame.tsx';
import { Outcome } from './outcome.tsx';

interface AuditTableProps {
  readonly entries: readonly AuditEntry[];
  readonly onOpen: (entry: AuditEntry) => void;
}

const WIDE = { display: { xs: 'none', sm: 'table-cell' } } as const;
const WIDER = { display: { xs: 'none', md: 'table-cell' } } as const;
const QUIET = { ...CLIPPED, color: 'text.secondary' } as const;

/** Operations of the trail; the whole row opens its details. */
export function AuditTable({ entries, onOpen }: AuditTableProps) {
  const t = useMessages().audit;
  return (
    <FixedTable label={t.trail}>
      <TableHead>
        <TableRow>
          <TableCell>{t.operation}</TableCell>
          <TableCell sx={WIDE}>{t.resource}</TableCell>
          <TableCell sx={WIDER}>{t.identity}</TableCell>
          <TableCell sx={{ width: 128 }}>{t.outcome}</TableCell>
          <TableCell sx={{ ...WIDER, width: 88 }} align="right">
            {t.took}
          </TableCell>
          <TableCell sx={{ ...WIDE, width: 136 }}>{t.when}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {entries.map((entry) => (
          <AuditRow key={entry.id} entry={entry} onOpen={() => onOpen(entry)} />
        ))}
      </TableBody>
    </FixedTable>
  );
}

function AuditRow({ entry, onOpen }: { readonly entry: AuditEntry; readonly onOpen: () => void }) {
  const t = useMessages().audit;
  return (
    <TableRow hover sx={{ position: 'relative', height: 48 }}>
      <TableCell>
        <Link
          component="button"
          type="button"
          underline="none"
          noWrap
          onClick={onOpen}
          sx={{
            display: 'block',
            width: '100%',
            textAlign: 'left',
            color: 'text.primary',
            fontWeight: 550,
            fontSize: 13,
            '&::after': { content: '""', position: 'absolute', inset: 0 },
            '&:focus-visible': { outline: 'none' },
            '&:focus-visible::after': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 },
          }}
        >
          {entry.operation}
        </Link>
        <Box sx={{ ...QUIET, display: { sm: 'none' }, fontSize: 12, mt: 0.5 }}>
          {entry.resource && `${entry.resource} · `}
          <RelativeTime at={entry.at} />
        </Box>
      </TableCell>
      <TableCell sx={{ ...WIDE, ...QUIET }}>{entry.resource ?? '–'}</TableCell>
      <TableCell sx={{ ...WIDER, ...QUIET }}>
        {whoAsked(entry)}
        {entry.identity?.apiKeyId && t.byKey}
      </TableCell>
      <TableCell>
        <Outcome outcome={entry.outcome} />
      </TableCell>
      <TableCell align="right" className="num" sx={{ ...WIDER, color: 'text.secondary' }}>
        {entry.durationMs === null ? '–' : `${formatNumber(entry.durationMs)} ms`}
      </TableCell>
      <TableCell sx={{ ...WIDE, color: 'text.secondary', whiteSpace: 'nowrap' }}>
        <RelativeTime at={entry.at} />
      </TableCell>
    </TableRow>
  );
}

/** Whoever was signed in, or tried to sign in. */
function whoAsked({ identity, parameters }: AuditEntry): string {
  if (identity !== null) return identity.email;
  const tried = typeof parameters === 'object' && parameters !== null && 'email' in parameters ? parameters.email : null;
  return typeof tried === 'string' ? tried : '–';
}
