import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { LinkState, SignedLink } from '@supastor/contract/wire/signed-link';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { Breakable } from '../../ui/breakable.tsx';
import { RelativeTime, useNow } from '../../ui/relative-time.tsx';
import { StatusDot, type Tone } from '../../ui/status-dot.tsx';
import { CLIPPED, FixedTable, NAME_CELL } from '../../ui/table-frame.tsx';

const TONES: Readonly<Record<LinkState, Tone>> = { live: 'success', expired: 'neutral', revoked: 'error' };
const WIDE = { display: { xs: 'none', md: 'table-cell' } } as const;

interface LinkTableProps {
  readonly links: readonly SignedLink[];
  readonly onRevoke: (link: SignedLink) => void;
}

/** Links under each other; live ones can be revoked. */
export function LinkTable({ links, onRevoke }: LinkTableProps) {
  const t = useMessages().links;
  return (
    <FixedTable label={t.signedLinks}>
      <TableHead>
        <TableRow>
          <TableCell>{t.object}</TableCell>
          <TableCell sx={{ ...WIDE, width: 190 }}>{t.madeBy}</TableCell>
          <TableCell sx={{ ...WIDE, width: 90 }} align="right">
            {t.used}
          </TableCell>
          <TableCell sx={{ ...WIDE, width: 130 }}>{t.lastUsed}</TableCell>
          <TableCell sx={{ width: { xs: 100, md: 230 } }}>{t.state}</TableCell>
          <TableCell sx={{ width: { xs: 104, md: 120 } }} align="right" aria-label={t.action} />
        </TableRow>
      </TableHead>
      <TableBody>
        {links.map((link) => (
          <LinkRow key={link.id} link={link} onRevoke={() => onRevoke(link)} />
        ))}
      </TableBody>
    </FixedTable>
  );
}

function LinkRow({ link, onRevoke }: { readonly link: SignedLink; readonly onRevoke: () => void }) {
  const t = useMessages().links;
  const { bucket, path, scope, subject, role, hits, lastUsedAt } = link;
  const state = stateOf(link, useNow());
  const name = `${bucket}/${path}`;
  return (
    <TableRow hover sx={{ height: 48 }}>
      <TableCell sx={NAME_CELL} title={name}>
        <Breakable text={name} />
        {scope === 'upload' && (
          <Typography variant="caption" component="div" color="textSecondary">
            {t.toUpload}
          </Typography>
        )}
      </TableCell>
      <TableCell sx={{ ...WIDE, ...CLIPPED, color: 'text.secondary' }} title={subject ?? undefined}>
        {subject ?? role ?? t.unknown}
      </TableCell>
      <TableCell sx={WIDE} align="right" className="num">
        {formatNumber(hits)}
      </TableCell>
      <TableCell sx={{ ...WIDE, color: 'text.secondary' }}>{lastUsedAt === null ? t.never : <RelativeTime at={lastUsedAt} />}</TableCell>
      <TableCell sx={CLIPPED}>
        <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
          <StatusDot tone={TONES[state]} />
          {t.states[state]}
          <Box component="span" sx={{ color: 'text.secondary', display: { xs: 'none', md: 'inline' } }}>
            <When link={link} state={state} />
          </Box>
        </Box>
      </TableCell>
      <TableCell align="right">
        {state === 'live' && (
          <Button size="small" color="error" onClick={onRevoke} aria-label={t.revokeIt(name)}>
            {t.revoke}
          </Button>
        )}
      </TableCell>
    </TableRow>
  );
}

function When({ link: { expiresAt, revokedAt }, state }: { readonly link: SignedLink; readonly state: LinkState }) {
  const t = useMessages().links;
  if (state === 'revoked') return <RelativeTime at={revokedAt} />;
  return state === 'expired' ? (
    <RelativeTime at={expiresAt} />
  ) : (
    <>
      {t.ends} <RelativeTime at={expiresAt} />
    </>
  );
}

function stateOf({ expiresAt, revokedAt }: SignedLink, nowMs: number): LinkState {
  if (revokedAt !== null) return 'revoked';
  return Date.parse(expiresAt) <= nowMs ? 'expired' : 'live';
}
