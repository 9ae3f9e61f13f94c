import FileIcon from '@mui/icons-material/InsertDriveFileOutlined';
import FolderIcon from '@mui/icons-material/FolderRounded';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { formatBytes } from '../../../format/bytes.ts';
import { formatNumber } from '../../../format/locale.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import type { ArchiveEntry, ArchiveListing } from './archive-entry.ts';
import { fetchRange } from './fetch-range.ts';
import type { BodyProps } from './preview-body.tsx';
import { listTar } from './tar-listing.ts';
import { listZip } from './zip-listing.ts';

const ROW_PX = 30;
/** A tar has no directory: so much of it is read. */
const TAR_BYTES = 8 * 1024 * 1024;

/** What is in a zip or tar; nothing is unpacked. */
export function ArchivePreview({ url, object, format }: BodyProps & { readonly format: 'zip' | 'tar' }) {
  const t = useMessages().preview;
  const listing = useQuery({
    queryKey: ['archive', url],
    queryFn: ({ signal }) => (format === 'zip' ? readZip(url, object.sizeBytes ?? 0, signal) : readTar(url, signal)),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (listing.error) return <ErrorNotice error={listing.error} onRetry={() => void listing.refetch()} />;
  if (listing.data === undefined) return <Skeleton variant="rectangular" height="100%" />;
  const { entries, isCut } = listing.data;
  const count = entries.filter(({ isFolder }) => !isFolder).length;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', minHeight: 0 }}>
      <Entries entries={entries} />
      <Typography variant="caption" color="textSecondary" className="num" sx={{ px: 3, py: 1.5, borderTop: 1, borderColor: 'divider' }}>
        {t.files(formatNumber(count), count)}
        {isCut ? t.archiveStart : t.unpacked(formatBytes(entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)))}
      </Typography>
    </Box>
  );
}

function Entries({ entries }: { readonly entries: readonly ArchiveEntry[] }) {
  const t = useMessages().preview;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  return (
    <Box ref={scroller} tabIndex={0} role="group" aria-label={t.archiveFiles} sx={{ flex: 1, minHeight: 0, overflowY: 'auto' }}>
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none', position: 'relative' }} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const entry = entries[row.index];
          if (entry === undefined) return null;
          const Icon = entry.isFolder ? FolderIcon : FileIcon;
          return (
            <Box
              component="li"
              key={row.index}
              style={{ transform: `translateY(${row.start}px)` }}
              sx={{
                position: 'absolute',
                insetInline: 0,
                height: ROW_PX,
                px: 3,
                display: 'flex',
                alignItems: 'center',
                gap: 2,
                fontSize: 12,
              }}
            >
              <Icon sx={{ fontSize: 16, color: entry.isFolder ? 'primary.main' : 'text.secondary' }} />
              <Box component="span" title={entry.name} sx={{ flex: 1, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
                {entry.name}
              </Box>
              <Box component="span" className="num" sx={{ color: 'text.secondary' }}>
                {entry.isFolder ? '' : formatBytes(entry.sizeBytes)}
              </Box>
            </Box>
          );
        })}
      </Box>
    </Box>
  );
}

function readZip(url: string, totalBytes: number, signal: AbortSignal): Promise<ArchiveListing> {
  return listZip(async (start, length) => (await fetchRange(url, { start, length }, signal)).bytes, totalBytes);
}

async function readTar(url: string, signal: AbortSignal): Promise<ArchiveListing> {
  const response = await fetch(url, { signal, headers: { range: `bytes=0-${TAR_BYTES - 1}` }, referrerPolicy: 'no-referrer' });
  if (!response.ok || response.body === null) throw new Error(`Storage answered ${response.status}.`);
  return listTar(chunksOf(response.body));
}

/** The stream, unpacked when it is gzip. A stream that is cut in the middle just ends. */
async function* chunksOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  const source = body.getReader();
  const first = await source.read();
  const isGzip = first.value?.[0] === 0x1f && first.value[1] === 0x8b;
  const whole = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => (first.value ? controller.enqueue(first.value) : controller.close()),
    pull: async (controller) => {
      const { done, value } = await source.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => source.cancel(),
  });
  const reader = (isGzip ? whole.pipeThrough(new DecompressionStream('gzip')) : whole).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done || value === undefined) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
