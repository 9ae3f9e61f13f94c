import PrivateIcon from '@mui/icons-material/LockOutlined';
import PublicIcon from '@mui/icons-material/PublicOutlined';
import Box from '@mui/material/Box';
import type { Bucket } from '@supastor/contract/operations/buckets';
import { formatBytes } from '../../format/bytes.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import type { Messages } from '../../messages/messages.ts';

/** Public or private, with a word and a sign. */
export function Visibility({ bucket }: { readonly bucket: Bucket }) {
  const t = useMessages().buckets;
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
      {bucket.public ? t.public : t.private}
    </Box>
  );
}

/** Limits in a few words. */
export function limitsOf(t: Messages['buckets'], bucket: Bucket): string[] {
  return [
    ...(bucket.file_size_limit === null ? [] : [t.upTo(formatBytes(bucket.file_size_limit))]),
    ...(bucket.versioning_status === 'ENABLED' ? [t.keepsVersions] : []),
    ...(bucket.allowed_mime_types?.length ? [bucket.allowed_mime_types.join(', ')] : []),
  ];
}

/** One line about a bucket: visibility and limits. */
export function BucketFacts({ bucket }: { readonly bucket: Bucket }) {
  const t = useMessages().buckets;
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 4, rowGap: 1, fontSize: 13 }}>
      <Visibility bucket={bucket} />
      {limitsOf(t, bucket).map((limit) => (
        <span key={limit}>{limit}</span>
      ))}
    </Box>
  );
}
