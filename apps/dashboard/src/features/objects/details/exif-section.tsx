import Typography from '@mui/material/Typography';
import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { useQuery } from '@tanstack/react-query';
import { previewLinkQuery } from '../object-queries.ts';
import { fetchRange } from '../preview/fetch-range.ts';
import { Facts } from './facts.tsx';
import { useMessages } from '../../../messages/locale-provider.tsx';

/** What cameras note stands at the beginning. */
const HEAD_BYTES = 256 * 1024;
const WITH_EXIF = /^image\/(jpe?g|png|webp|tiff|heic|heif|avif)\b/;

/** What the camera noted in a picture; nothing when it noted nothing. */
export function ExifSection({ bucket, object }: { readonly bucket: string; readonly object: ObjectEntry }) {
  const t = useMessages().details;
  const { exif: names } = useMessages();
  const isPicture = WITH_EXIF.test(object.mimeType ?? '') && (object.sizeBytes ?? 0) > 0;
  const link = useQuery({ ...previewLinkQuery(bucket, object.path, object.etag), enabled: isPicture });
  const exif = useQuery({
    queryKey: ['exif', link.data],
    queryFn: async ({ signal }) => {
      const { bytes } = await fetchRange(link.data ?? '', { start: 0, length: HEAD_BYTES }, signal);
      const { readExif } = await import('../preview/exif-facts.ts');
      return readExif(bytes.slice().buffer);
    },
    enabled: isPicture && link.data !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (exif.data === undefined || exif.data.length === 0) return null;
  return (
    <section aria-label={t.picture}>
      <Typography variant="h3" sx={{ mb: 3 }}>
        {t.picture}
      </Typography>
      <Facts facts={exif.data.map(([name, text]) => [names[name], text] as const)} />
    </section>
  );
}
