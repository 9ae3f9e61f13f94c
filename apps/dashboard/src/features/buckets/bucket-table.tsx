import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { Bucket } from '@supastor/contract/operations/buckets';
import { createLink } from '@tanstack/react-router';
import { formatBytes } from '../../format/bytes.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { FixedTable } from '../../ui/table-frame.tsx';
import { VISUALLY_HIDDEN } from '../../ui/visually-hidden.ts';
import { BucketActions } from './bucket-actions.tsx';
import { limitsOf, Visibility } from './bucket-facts.tsx';

const RouteLink = createLink(Link);
const WIDE = { display: { xs: 'none', sm: 'table-cell' } } as const;

/** Buckets as a table; the whole row leads into the bucket. */
export function BucketTable({ buckets }: { readonly buckets: readonly Bucket[] }) {
  const t = useMessages().buckets;
  return (
    <FixedTable label={t.buckets}>
      <TableHead>
        <TableRow>
          <TableCell>{t.name}</TableCell>
          <TableCell sx={{ ...WIDE, width: 112 }}>{t.visibility}</TableCell>
          <TableCell sx={{ ...WIDE, width: 104 }} align="right">
            {t.limit}
          </TableCell>
          <TableCell sx={{ display: { xs: 'none', md: 'table-cell' }, pl: 8 }}>{t.typesShort}</TableCell>
          <TableCell sx={{ ...WIDE, width: 136 }}>{t.created}</TableCell>
          <TableCell sx={{ width: 56 }}>
            <Box component="span" sx={VISUALLY_HIDDEN}>
              {t.actions}
            </Box>
          </TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {buckets.map((bucket) => (
          <BucketRow key={bucket.id} bucket={bucket} />
        ))}
      </TableBody>
    </FixedTable>
  );
}

function BucketRow({ bucket }: { readonly bucket: Bucket }) {
  const t = useMessages().buckets;
  return (
    <TableRow hover sx={{ position: 'relative', height: 48 }}>
      <TableCell>
        <RouteLink
          to="/buckets/$bucket"
          params={{ bucket: bucket.id }}
          underline="none"
          noWrap
          sx={{
            display: 'block',
            color: 'text.primary',
            fontWeight: 550,
            fontSize: 13,
            // The link covers the row, so that the row is a target without scripting.
            '&::after': { content: '""', position: 'absolute', inset: 0 },
            '&:focus-visible': { outline: 'none' },
            '&:focus-visible::after': { outline: '2px solid', outlineColor: 'primary.main', outlineOffset: -2 },
          }}
        >
          {bucket.id}
        </RouteLink>
        <Box sx={{ display: { sm: 'none' }, color: 'text.secondary', fontSize: 12, mt: 0.5 }}>
          <Visibility bucket={bucket} />
          {limitsOf(t, bucket).length > 0 && ` · ${limitsOf(t, bucket).join(' · ')}`}
        </Box>
      </TableCell>
      <TableCell sx={{ ...WIDE, color: 'text.secondary' }}>
        <Visibility bucket={bucket} />
      </TableCell>
      <TableCell align="right" className="num" sx={{ ...WIDE, color: 'text.secondary' }}>
        {formatBytes(bucket.file_size_limit)}
      </TableCell>
      <TableCell
        sx={{
          display: { xs: 'none', md: 'table-cell' },
          color: 'text.secondary',
          pl: 8,
          overflow: 'hidden',
          textOverflow: 'ellipsis',
          whiteSpace: 'nowrap',
        }}
      >
        {bucket.allowed_mime_types?.join(', ') ?? t.anyType}
      </TableCell>
      <TableCell sx={{ ...WIDE, color: 'text.secondary', whiteSpace: 'nowrap' }}>
        <RelativeTime at={bucket.created_at} />
      </TableCell>
      <TableCell align="right" sx={{ position: 'relative', zIndex: 1, px: 2 }}>
        <BucketActions bucket={bucket} compact />
      </TableCell>
    </TableRow>
  );
}
