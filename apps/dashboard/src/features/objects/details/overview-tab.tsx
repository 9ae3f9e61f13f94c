import DownloadIcon from '@mui/icons-material/DownloadOutlined';
import DeleteIcon from '@mui/icons-material/DeleteOutlineOutlined';
import LinkIcon from '@mui/icons-material/LinkOutlined';
import MoveIcon from '@mui/icons-material/DriveFileRenameOutlineOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { useMutation } from '@tanstack/react-query';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { formatNumber } from '../../../format/locale.ts';
import { formatDateTime } from '../../../format/time.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import type { Messages } from '../../../messages/messages.ts';
import { useToasts } from '../../../ui/toast.tsx';
import { Preview } from '../preview/preview.tsx';
import type { DetailsDrawerProps } from './details-drawer.tsx';
import { ExifSection } from './exif-section.tsx';
import { CodeFact, Facts } from './facts.tsx';

type OverviewProps = Pick<DetailsDrawerProps, 'bucket' | 'object' | 'onDownload' | 'onLink' | 'onMove' | 'onRemove'>;

/** The object itself, what can be done with it, and what is known of it. */
export function OverviewTab({ bucket, object, onDownload, onLink, onMove, onRemove }: OverviewProps) {
  const messages = useMessages();
  const t = messages.details;
  return (
    <>
      <Preview bucket={bucket.id} object={object} />
      <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 2 }}>
        <Button variant="contained" startIcon={<DownloadIcon />} onClick={onDownload}>
          {t.download}
        </Button>
        <Button variant="outlined" color="inherit" startIcon={<LinkIcon />} onClick={onLink}>
          {t.getLink}
        </Button>
        <Button variant="outlined" color="inherit" startIcon={<MoveIcon />} onClick={onMove}>
          {t.renameOrMove}
        </Button>
        <Button variant="outlined" color="error" startIcon={<DeleteIcon />} onClick={onRemove}>
          {t.remove}
        </Button>
      </Box>
      <Facts facts={factsOf(messages, object)}>
        <CodeFact name={t.path} value={object.path} />
        {object.etag && <CodeFact name="ETag" value={object.etag.replaceAll('"', '')} />}
      </Facts>
      <ExifSection bucket={bucket.id} object={object} />
      <PurgeButton bucket={bucket.id} path={object.path} />
    </>
  );
}

function factsOf({ details: t, objects }: Messages, object: ObjectEntry): readonly (readonly [string, string])[] {
  const exact = object.sizeBytes === null ? '' : ` (${t.bytes(formatNumber(object.sizeBytes))})`;
  return [
    [t.size, formatBytes(object.sizeBytes) + (object.sizeBytes !== null && object.sizeBytes >= 1000 ? exact : '')],
    [t.type, object.mimeType ?? objects.unknownType],
    [t.modified, formatDateTime(object.updatedAt)],
    [t.created, formatDateTime(object.createdAt)],
    [t.cacheControl, object.cacheControl ?? '–'],
  ];
}

/** Has the cache in front forget the object, for whoever has one. */
function PurgeButton({ bucket, path }: { readonly bucket: string; readonly path: string }) {
  const t = useMessages().details;
  const toasts = useToasts();
  const purge = useMutation({
    mutationFn: () => call(operations.objectsPurge, { bucket, path }),
    onSuccess: () => toasts.success(t.forgotten),
    onError: (error) => toasts.failure(error),
  });
  return (
    <Button size="small" color="inherit" loading={purge.isPending} onClick={() => purge.mutate()} sx={{ alignSelf: 'flex-start', ml: -2 }}>
      {t.purge}
    </Button>
  );
}
