import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { baseName } from '../paths.ts';
import type { BodyProps } from './preview-body.tsx';
import { useMessages } from '../../../messages/locale-provider.tsx';

/** Squares show through where a picture is transparent. */
const CHECKERBOARD = 'repeating-conic-gradient(rgba(128,136,150,0.14) 0 25%, transparent 0 50%) 0 0 / 20px 20px';

/** A picture in an img element, in which nothing of an SVG runs either. */
export function ImagePreview({ url, object }: BodyProps) {
  const t = useMessages().preview;
  const [state, setState] = useState<'loading' | 'shown' | 'broken'>('loading');
  if (state === 'broken') return <CannotShow what="picture" />;
  return (
    <Box sx={{ position: 'relative', minHeight: 0, background: CHECKERBOARD }}>
      {state === 'loading' && <Skeleton variant="rectangular" sx={{ position: 'absolute', inset: 0, height: '100%' }} />}
      <Box
        component="img"
        src={url}
        alt={t.of(baseName(object.path))}
        referrerPolicy="no-referrer"
        onLoad={() => setState('shown')}
        onError={() => setState('broken')}
        sx={{ position: 'absolute', inset: 0, width: '100%', height: '100%', objectFit: 'contain' }}
      />
    </Box>
  );
}

/** A film, of which the browser loads what it plays. */
export function VideoPreview({ url, object }: BodyProps) {
  const t = useMessages().preview;
  const [broken, setBroken] = useState(false);
  if (broken) return <CannotShow what="video" />;
  return (
    <Box
      component="video"
      controls
      preload="metadata"
      src={url}
      aria-label={t.of(baseName(object.path))}
      onError={() => setBroken(true)}
      sx={{ width: '100%', height: '100%', minHeight: 0, bgcolor: '#000' }}
    />
  );
}

/** A sound, of which the browser loads what it plays. */
export function AudioPreview({ url, object }: BodyProps) {
  const t = useMessages().preview;
  const [broken, setBroken] = useState(false);
  if (broken) return <CannotShow what="sound" />;
  return (
    <Box sx={{ display: 'grid', alignContent: 'center', p: 5 }}>
      <Box
        component="audio"
        controls
        preload="metadata"
        src={url}
        aria-label={t.of(baseName(object.path))}
        onError={() => setBroken(true)}
        sx={{ width: '100%' }}
      />
    </Box>
  );
}

function CannotShow({ what }: { readonly what: 'picture' | 'video' | 'sound' }) {
  const t = useMessages().preview;
  return (
    <Typography variant="body2" color="textSecondary" sx={{ placeSelf: 'center', px: 6, textAlign: 'center' }}>
      {t.cannotShow[what]}
    </Typography>
  );
}
