import PrivateIcon from '@mui/icons-material/LockOutlined';
import PublicIcon from '@mui/icons-material/PublicOutlined';
import Box from '@mui/material/Box';
import type { Bucket } from '@supastor/contract/operations/buckets';
import { formatBytes } from '../../format/bytes.ts';

/** Public or private, with a word and a sign. */
export function Visibility({ bucket }: { readonly bucket: Bucket }) {
  const Icon = bucket.public ? PublicIcon : PrivateIcon;
  return (
    <Box
      component="span"
      sx={{
        display: 'inline-flex',
        verticalAlign: 'bottom',
        alignItems: 'center',
        gap: 1.5,
        color: bucket.public ? 'warning.main' : 'inherit',
      }}
    >
      <Icon aria-hidden sx={{ fontSize: 15 }} />
      {bucket.public ? 'Public' : 'Private'}
    </Box>
  );
}

/** Limits in a few words. */
export function limitsOf(bucket: Bucket): string[] {
  return [
    ...(bucket.file_size_limit === null ? [] : [`up to ${formatBytes(bucket.file_size_limit)} per file`]),
    ...(bucket.versioning_status === 'ENABLED' ? ['keeps versions'] : []),
    ...(bucket.allowed_mime_types?.length ? [bucket.allowed_mime_types.join(', ')] : []),
  ];
}

/** One line about a bucket: visibility and limits. */
export function BucketFacts({ bucket }: { readonly bucket: Bucket }) {
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 4, rowGap: 1, fontSize: 13 }}>
      <Visibility bucket={bucket} />
      {limitsOf(bucket).map((limit) => (
        <span key={limit}>{limit}</span>
      ))}
    </Box>
  );
}
