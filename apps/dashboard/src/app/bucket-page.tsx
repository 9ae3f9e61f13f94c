import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import type { Bucket } from '@supastor/contract/operations/buckets';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { systemQuery } from '../api/system-query.ts';
import { BucketActions } from '../features/buckets/bucket-actions.tsx';
import { bucketQuery } from '../features/buckets/bucket-queries.ts';
import { BucketFacts } from '../features/buckets/bucket-facts.tsx';
import { DeletedObjects } from '../features/objects/deleted/deleted-objects.tsx';
import { ObjectBrowser } from '../features/objects/object-browser.tsx';
import type { PickedFile } from '../features/objects/upload/dropped-files.ts';
import { useUploads } from '../features/objects/upload/upload-provider.tsx';
import { UploadButtons } from '../features/objects/upload-buttons.tsx';
import { BucketQuota } from '../features/usage/bucket-quota.tsx';
import { ErrorNotice } from '../ui/error-notice.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ObjectReaders } from './object-readers.tsx';

const route = getRouteApi('/signed-in/buckets/$bucket');

/** A bucket: its settings above, its objects below. */
export function BucketPage() {
  const { bucket: id } = route.useParams();
  const bucket = useQuery(bucketQuery(id));
  const system = useQuery(systemQuery);
  const failed = bucket.error ?? system.error;
  if (failed) {
    const retry = () => void Promise.all([bucket.refetch(), system.refetch()]);
    return (
      <>
        <PageHeader title={id} />
        <ErrorNotice error={failed} onRetry={retry} />
      </>
    );
  }
  if (!bucket.data || !system.data) return <BucketSkeleton title={id} />;
  return <LoadedBucket bucket={bucket.data} storageUrl={system.data.storageUrl} />;
}

function LoadedBucket({ bucket, storageUrl }: { readonly bucket: Bucket; readonly storageUrl: string }) {
  const { prefix = '', object, view = 'list' } = route.useSearch();
  const navigate = useNavigate();
  const uploads = useUploads();
  const onFiles = (files: readonly PickedFile[]) =>
    uploads.add(
      bucket.id,
      files.map(({ relativePath, file }) => ({ path: prefix + relativePath, file })),
    );
  return (
    <>
      <PageHeader title={bucket.id} text={<Facts bucket={bucket} />}>
        <BucketActions bucket={bucket} onDeleted={() => void navigate({ to: '/buckets' })} />
        <UploadButtons onFiles={onFiles} />
      </PageHeader>
      {view === 'deleted' ? (
        <DeletedObjects
          key={`${bucket.id}\n${prefix}`}
          bucket={bucket}
          prefix={prefix}
          onClose={() => void navigate({ to: '/buckets/$bucket', params: { bucket: bucket.id }, search: prefix === '' ? {} : { prefix } })}
        />
      ) : (
        <ObjectBrowser
          key={`${bucket.id}\n${prefix}`}
          bucket={bucket}
          prefix={prefix}
          openPath={object}
          view={view}
          storageUrl={storageUrl}
          Readers={ObjectReaders}
          onFiles={onFiles}
        />
      )}
    </>
  );
}

function Facts({ bucket }: { readonly bucket: Bucket }) {
  return (
    <>
      <BucketFacts bucket={bucket} />
      <BucketQuota bucket={bucket.id} />
    </>
  );
}

function BucketSkeleton({ title }: { readonly title: string }) {
  return (
    <>
      <PageHeader title={title} text={<Skeleton width={180} />} />
      <Box sx={{ flex: '1 1 320px' }}>
        <Skeleton variant="rounded" height="100%" />
      </Box>
    </>
  );
}
