import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { Bucket } from '@supastor/contract/operations/buckets';
import { useQuery } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import { operations } from '../api/operations.ts';
import { keys } from '../api/query-keys.ts';
import { WhoCan } from '../features/policies/who-can.tsx';
import { ErrorNotice } from '../ui/error-notice.tsx';
import { useMessages } from '../messages/locale-provider.tsx';

interface ObjectReadersProps {
  readonly bucket: Bucket;
  readonly path: string;
}

/** Who can read an object: what policies, S3 keys and signed links let whom. */
export function ObjectReaders({ bucket: { id: bucket, public: isPublic }, path }: ObjectReadersProps) {
  const t = useMessages().objects;
  const answer = useQuery({
    queryKey: [...keys.policies, 'readers', bucket, path],
    queryFn: ({ signal }) => call(operations.policiesWhoCan, { verb: 'read', bucket, path }, signal),
  });
  if (answer.error) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton variant="rounded" height={200} />;
  return (
    <>
      <Typography variant="body2" color="textSecondary">
        {isPublic ? t.readersPublic : t.readersAsked}
      </Typography>
      <WhoCan answer={answer.data} />
    </>
  );
}
