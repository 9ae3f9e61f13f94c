import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { Bucket } from '@supastor/contract/operations/buckets';
import type { ObjectVersion } from '@supastor/contract/operations/object-details';
import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { formatDateTime } from '../../../format/time.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { Lines } from '../../../ui/section.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { detailsQuery, versionsQuery } from './details-queries.ts';
import { VersionDiff } from './version-diff.tsx';

interface VersionsTabProps {
  readonly bucket: Bucket;
  readonly object: ObjectEntry;
}

/** What the object was before: opened, compared with what it is, made current again. */
export function VersionsTab({ bucket, object }: VersionsTabProps) {
  const t = useMessages().versions;
  const versions = useQuery(versionsQuery(bucket.id, object.path));
  const [compared, setCompared] = useState<ObjectVersion | null>(null);
  if (versions.error) return <ErrorNotice error={versions.error} onRetry={() => void versions.refetch()} />;
  if (versions.data === undefined) return <Skeleton variant="rounded" height={160} />;
  const current = versions.data.find(({ isCurrent }) => isCurrent);
  return (
    <>
      {bucket.versioning_status !== 'ENABLED' && (
        <Typography variant="body2" color="textSecondary">
          {bucket.versioning_status === 'DISABLED' ? t.keepsNone : t.keepsOld}
        </Typography>
      )}
      <Lines label={t.versions}>
        {versions.data.map((version) => (
          <VersionLine
            key={version.versionId}
            bucket={bucket.id}
            path={object.path}
            version={version}
            onCompare={() => setCompared(version)}
          />
        ))}
      </Lines>
      {compared !== null && current !== undefined && (
        <VersionDiff bucket={bucket.id} path={object.path} before={compared} after={current} onClose={() => setCompared(null)} />
      )}
    </>
  );
}

interface VersionLineProps {
  readonly bucket: string;
  readonly path: string;
  readonly version: ObjectVersion;
  readonly onCompare: () => void;
}

function VersionLine({ bucket, path, version, onCompare }: VersionLineProps) {
  const t = useMessages().versions;
  const client = useQueryClient();
  const toasts = useToasts();
  const { versionId, isCurrent, isDeleteMarker, sizeBytes, createdAt } = version;
  const restore = useMutation({
    mutationFn: () => call(operations.objectsRestore, { bucket, path, versionId }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.objects(bucket) });
      void client.invalidateQueries({ queryKey: detailsQuery(bucket, path).queryKey });
      toasts.success(t.restored);
    },
    onError: (error) => toasts.failure(error),
  });
  const open = useMutation({
    mutationFn: () => call(operations.objectsSignOne, { bucket, path, versionId, expiresInSeconds: 300 }),
    onSuccess: ({ url }) => window.open(url, '_blank', 'noopener,noreferrer'),
    onError: (error) => toasts.failure(error),
  });
  return (
    <Box component="li" aria-label={t.versionOf(formatDateTime(createdAt))} sx={{ px: 4, py: 3, display: 'grid', gap: 1 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
        <Typography variant="body2" className="num" sx={{ fontWeight: 550, flex: 1 }}>
          {formatDateTime(createdAt)}
        </Typography>
        {isCurrent && <Chip size="small" color="primary" variant="outlined" label={t.isCurrent} />}
        <Typography variant="caption" color="textSecondary" className="num">
          {isDeleteMarker ? t.isDeleted : formatBytes(sizeBytes)}
        </Typography>
      </Box>
      {!isDeleteMarker && (
        <Box sx={{ display: 'flex', gap: 1, ml: -2 }}>
          <Button size="small" color="inherit" loading={open.isPending} onClick={() => open.mutate()}>
            {t.open}
          </Button>
          {!isCurrent && (
            <>
              <Button size="small" color="inherit" onClick={onCompare}>
                {t.compare}
              </Button>
              <Button size="small" loading={restore.isPending} onClick={() => restore.mutate()}>
                {t.restore}
              </Button>
            </>
          )}
        </Box>
      )}
    </Box>
  );
}
