import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MONO } from '../../ui/fonts.ts';
import { previewKindOf } from './content-type.ts';
import { FileIconFor } from './file-icon.tsx';
import { previewLinkQuery } from './object-queries.ts';
import { baseName } from './paths.ts';

const TEXT_BYTES = 65_536;

interface PreviewProps {
  readonly bucket: string;
  readonly object: ObjectEntry;
}

/** What is in the object, as far as it can be shown safely: images in an img element, text as text. */
export function Preview({ bucket, object }: PreviewProps) {
  const kind = object.sizeBytes === 0 ? 'none' : previewKindOf(object.mimeType);
  const link = useQuery({ ...previewLinkQuery(bucket, object.path, object.etag), enabled: kind !== 'none' });
  if (link.error) return <ErrorNotice error={link.error} onRetry={() => void link.refetch()} />;
  return (
    <Box
      sx={{
        height: { xs: 260, sm: 320 },
        flex: 'none',
        borderRadius: 1,
        border: 1,
        borderColor: 'divider',
        bgcolor: 'background.default',
        overflow: 'hidden',
        display: 'grid',
      }}
    >
      {kind === 'none' && <NoPreview object={object} />}
      {kind !== 'none' && !link.data && <Skeleton variant="rectangular" height="100%" />}
      {kind === 'image' && link.data && <ImagePreview key={link.data} url={link.data} object={object} />}
      {kind === 'text' && link.data && <TextPreview key={link.data} url={link.data} />}
    </Box>
  );
}

function NoPreview({ object }: { readonly object: ObjectEntry }) {
  return (
    <Box sx={{ display: 'grid', placeItems: 'center', placeContent: 'center', gap: 3 }}>
      <FileIconFor row={{ kind: 'object', key: object.path, name: '', object }} sizePx={40} />
      <Typography variant="body2" color="textSecondary">
        {object.sizeBytes === 0 ? 'The object is empty' : 'No preview for this type'}
      </Typography>
    </Box>
  );
}

/** Squares show through where a picture is transparent. */
const CHECKERBOARD = 'repeating-conic-gradient(rgba(128,136,150,0.14) 0 25%, transparent 0 50%) 0 0 / 20px 20px';

function ImagePreview({ url, object }: { readonly url: string; readonly object: ObjectEntry }) {
  const [state, setState] = useState<'loading' | 'shown' | 'broken'>('loading');
  if (state === 'broken') {
    return (
      <Typography variant="body2" color="textSecondary" sx={{ placeSelf: 'center', px: 6, textAlign: 'center' }}>
        The browser cannot show this picture. Download it to look at it.
      </Typography>
    );
  }
  return (
    <Box sx={{ position: 'relative', minHeight: 0, background: CHECKERBOARD }}>
      {state === 'loading' && <Skeleton variant="rectangular" sx={{ position: 'absolute', inset: 0, height: '100%' }} />}
      <Box
        component="img"
        src={url}
        alt={`Preview of ${baseName(object.path)}`}
        referrerPolicy="no-referrer"
        onLoad={() => setState('shown')}
        onError={() => setState('broken')}
        sx={{ position: 'absolute', inset: 0, width: '100%', height: '100%', objectFit: 'contain' }}
      />
    </Box>
  );
}

function TextPreview({ url }: { readonly url: string }) {
  const text = useQuery({ queryKey: ['text', url], queryFn: ({ signal }) => fetchHead(url, signal), staleTime: 60_000 });
  if (text.error) return <ErrorNotice error={text.error} onRetry={() => void text.refetch()} />;
  if (text.data === undefined) return <Skeleton variant="rectangular" height="100%" />;
  return (
    <Box
      component="pre"
      tabIndex={0}
      aria-label="Text preview"
      sx={{
        m: 0,
        p: 4,
        overflow: 'auto',
        minHeight: 0,
        fontFamily: MONO,
        fontSize: 12,
        lineHeight: 1.6,
        whiteSpace: 'pre-wrap',
        overflowWrap: 'anywhere',
      }}
    >
      {text.data}
    </Box>
  );
}

/** The first bytes as text; storage honours Range, so a long log costs no more than a short one. */
async function fetchHead(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal, headers: { range: `bytes=0-${TEXT_BYTES - 1}` }, referrerPolicy: 'no-referrer' });
  if (!response.ok) throw new Error(`Storage answered ${response.status}.`);
  const text = await response.text();
  const total = Number(response.headers.get('content-range')?.split('/')[1] ?? 0);
  return total > TEXT_BYTES ? `${text}\n… the rest is left out` : text;
}
