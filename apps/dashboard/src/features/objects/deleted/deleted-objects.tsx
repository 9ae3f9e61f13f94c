import RestoreIcon from '@mui/icons-material/RestoreFromTrashOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Typography from '@mui/material/Typography';
import type { Bucket } from '@supastor/contract/operations/buckets';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { BlankSlate } from '../../../ui/blank-slate.tsx';
import { Breakable } from '../../../ui/breakable.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { MoreButton } from '../../../ui/more-button.tsx';
import { RelativeTime } from '../../../ui/relative-time.tsx';
import { Line, Lines, LinesSkeleton } from '../../../ui/section.tsx';
import { PathCrumbs } from '../breadcrumbs.tsx';
import { JobStrip } from '../transfer/job-strip.tsx';
import { deletedQuery } from './deleted-queries.ts';
import { useRestoreFolder, useRestoreObjects } from './use-restore.ts';

interface DeletedObjectsProps {
  readonly bucket: Bucket;
  readonly prefix: string;
  /** Back to what is there. */
  readonly onClose: () => void;
}

/** What was deleted below a folder of a bucket that keeps versions: brought back one by one, some, or all of it as a job. */
export function DeletedObjects({ bucket, prefix, onClose }: DeletedObjectsProps) {
  const t = useMessages().deleted;
  const titleId = useId();
  const deleted = useInfiniteQuery(deletedQuery(bucket.id, prefix));
  const objects = deleted.data?.pages.flatMap((page) => page.objects) ?? [];
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  // What was brought back elsewhere is no longer in the list, and no longer chosen.
  const chosen = objects.map(({ path }) => path).filter((path) => ticked.has(path));
  const restore = useRestoreObjects(bucket.id);
  const restoreAll = useRestoreFolder(bucket.id);
  const tick = (paths: readonly string[], on: boolean) =>
    setTicked((before) => new Set([...before, ...paths].filter((path) => on || !paths.includes(path))));
  return (
    <Box component="section" aria-labelledby={titleId}>
      <Typography id={titleId} variant="h2" sx={{ mb: 2 }}>
        {t.title}
      </Typography>
      <Box sx={{ display: 'flex', alignItems: 'center', flexWrap: 'wrap', gap: 2, minHeight: 36, mb: 2 }}>
        <PathCrumbs bucket={bucket.id} prefix={prefix} />
        {chosen.length > 0 && (
          <Button variant="contained" loading={restore.isPending} onClick={() => restore.mutate(chosen)}>
            {t.restoreChosen(chosen.length)}
          </Button>
        )}
        {objects.length > 0 && (
          <Button variant="outlined" color="inherit" loading={restoreAll.isPending} onClick={() => restoreAll.mutate(prefix)}>
            {t.restoreAll}
          </Button>
        )}
        <Button variant="outlined" color="inherit" onClick={onClose}>
          {t.back}
        </Button>
      </Box>
      <JobStrip bucket={bucket.id} />
      {deleted.error && objects.length === 0 && <ErrorNotice error={deleted.error} onRetry={() => void deleted.refetch()} />}
      {deleted.isPending && <LinesSkeleton />}
      {deleted.data && objects.length === 0 && (
        <BlankSlate icon={<RestoreIcon />} title={t.none} text={bucket.versioning_status === 'DISABLED' ? t.noVersions : t.noneText} />
      )}
      {objects.length > 0 && (
        <>
          <Box sx={{ display: 'flex', alignItems: 'center', px: 3 }}>
            <Checkbox
              size="small"
              checked={chosen.length === objects.length}
              indeterminate={chosen.length > 0 && chosen.length < objects.length}
              onChange={(event) =>
                tick(
                  objects.map(({ path }) => path),
                  event.target.checked,
                )
              }
              slotProps={{ input: { 'aria-label': t.chooseAll } }}
            />
            <Typography variant="caption" color="textSecondary" role="status">
              {t.shown(objects.length, deleted.hasNextPage)}
            </Typography>
          </Box>
          <Lines label={t.title}>
            {objects.map(({ path, deletedAt }) => (
              <Line
                key={path}
                label={path}
                title={
                  <Box
                    component="label"
                    sx={{ display: 'flex', alignItems: 'center', gap: 2, whiteSpace: 'normal', overflowWrap: 'anywhere' }}
                  >
                    <Checkbox
                      size="small"
                      checked={ticked.has(path)}
                      onChange={(event) => tick([path], event.target.checked)}
                      slotProps={{ input: { 'aria-label': t.choose(path) } }}
                      sx={{ my: -2, ml: -3 }}
                    />
                    <span>
                      <Breakable text={path.slice(prefix.length)} />
                    </span>
                  </Box>
                }
                detail={null}
                facts={
                  <>
                    {t.deleted} <RelativeTime at={deletedAt} />
                  </>
                }
                action={
                  <Button
                    size="small"
                    color="inherit"
                    disabled={restore.isPending}
                    aria-label={t.restoreIt(path)}
                    onClick={() => restore.mutate([path])}
                  >
                    {t.restore}
                  </Button>
                }
              />
            ))}
          </Lines>
        </>
      )}
      <MoreButton query={deleted}>{t.more}</MoreButton>
    </Box>
  );
}
