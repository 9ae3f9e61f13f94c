import NextIcon from '@mui/icons-material/ChevronRightOutlined';
import PreviousIcon from '@mui/icons-material/ChevronLeftOutlined';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { formatNumber } from '../../../format/locale.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { MONO } from '../../../ui/fonts.ts';
import { fetchRange } from './fetch-range.ts';
import { hexLines } from './hex.ts';
import type { BodyProps } from './preview-body.tsx';

const PAGE_BYTES = 4096;

/** The bytes themselves, a page at a time, for what has no other form. */
export function HexPreview({ url }: BodyProps) {
  const t = useMessages().preview;
  const [start, setStart] = useState(0);
  const part = useQuery({
    queryKey: ['hex', url, start],
    queryFn: async ({ signal }) => ({ at: start, ...(await fetchRange(url, { start, length: PAGE_BYTES }, signal)) }),
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  if (part.error) return <ErrorNotice error={part.error} onRetry={() => void part.refetch()} />;
  if (part.data === undefined) return <Skeleton variant="rectangular" height="100%" />;
  // While the next page is on its way, the one before is shown, where it is.
  const { at, bytes, totalBytes } = part.data;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}>
      <Box
        component="pre"
        tabIndex={0}
        aria-label={t.hex}
        sx={{ m: 0, p: 3, flex: 1, minHeight: 0, overflow: 'auto', fontFamily: MONO, fontSize: 11, lineHeight: 1.6 }}
      >
        {hexLines(bytes, at).map(({ offset, hex, text }) => `${offset}  ${hex.padEnd(48)}  ${text}\n`)}
      </Box>
      <Box sx={{ display: 'flex', alignItems: 'center', px: 2, borderTop: 1, borderColor: 'divider' }}>
        <Typography variant="caption" color="textSecondary" className="num" sx={{ flex: 1, px: 1 }}>
          {t.bytesRange(formatNumber(at), formatNumber(at + bytes.length), formatNumber(totalBytes))}
        </Typography>
        <IconButton size="small" aria-label={t.bytesBefore} disabled={start === 0} onClick={() => setStart(start - PAGE_BYTES)}>
          <PreviousIcon fontSize="small" />
        </IconButton>
        <IconButton
          size="small"
          aria-label={t.bytesAfter}
          disabled={start + PAGE_BYTES >= totalBytes}
          onClick={() => setStart(start + PAGE_BYTES)}
        >
          <NextIcon fontSize="small" />
        </IconButton>
      </Box>
    </Box>
  );
}
