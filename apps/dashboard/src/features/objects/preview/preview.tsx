import ExpandIcon from '@mui/icons-material/OpenInFullOutlined';
import CloseIcon from '@mui/icons-material/CloseOutlined';
import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { useQuery } from '@tanstack/react-query';
import { Suspense, useId, useState } from 'react';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { FileIconFor } from '../file-icon.tsx';
import { previewLinkQuery } from '../object-queries.ts';
import { baseName } from '../paths.ts';
import { PreviewBody } from './preview-body.tsx';
import { previewKind } from './preview-kind.ts';

interface PreviewProps {
  readonly bucket: string;
  readonly object: ObjectEntry;
}

/**
 * What is in the object, as far as it can be shown without running anything of it: pictures, video and audio are loaded from storage's
 * origin by elements that run nothing; everything else is read as bytes and drawn as text by this page.
 */
export function Preview({ bucket, object }: PreviewProps) {
  const t = useMessages().preview;
  const [large, setLarge] = useState(false);
  const titleId = useId();
  const kind = previewKind(object);
  return (
    <Box sx={{ position: 'relative', flex: 'none' }}>
      <PreviewFrame bucket={bucket} object={object} height={{ xs: 260, sm: 320 }} />
      {kind !== 'none' && kind !== 'audio' && (
        <Tooltip title={t.larger}>
          <IconButton
            size="small"
            aria-label={t.largerPreview}
            onClick={() => setLarge(true)}
            sx={{ position: 'absolute', top: 6, right: 6, bgcolor: 'background.paper', border: 1, borderColor: 'divider' }}
          >
            <ExpandIcon fontSize="small" />
          </IconButton>
        </Tooltip>
      )}
      {large && (
        <Dialog open onClose={() => setLarge(false)} fullWidth maxWidth="xl" aria-labelledby={titleId}>
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 2, pl: 5, pr: 3, py: 2 }}>
            <Typography id={titleId} variant="h2" noWrap sx={{ flex: 1 }}>
              {baseName(object.path)}
            </Typography>
            <IconButton aria-label={t.closeLarger} onClick={() => setLarge(false)}>
              <CloseIcon fontSize="small" />
            </IconButton>
          </Box>
          <PreviewFrame bucket={bucket} object={object} height="calc(100dvh - 150px)" />
        </Dialog>
      )}
    </Box>
  );
}

interface PreviewFrameProps extends PreviewProps {
  readonly height: string | { readonly xs: number; readonly sm: number };
}

function PreviewFrame({ bucket, object, height }: PreviewFrameProps) {
  const kind = previewKind(object);
  const link = useQuery({ ...previewLinkQuery(bucket, object.path, object.etag), enabled: kind !== 'none' });
  if (link.error) return <ErrorNotice error={link.error} onRetry={() => void link.refetch()} />;
  return (
    <Box
      sx={{
        height,
        borderRadius: 1,
        border: 1,
        borderColor: 'divider',
        bgcolor: 'background.default',
        overflow: 'hidden',
        display: 'grid',
      }}
    >
      {kind === 'none' && <EmptyObject object={object} />}
      {kind !== 'none' && (
        <Suspense fallback={<Skeleton variant="rectangular" height="100%" />}>
          {link.data === undefined ? (
            <Skeleton variant="rectangular" height="100%" />
          ) : (
            <PreviewBody key={link.data} kind={kind} url={link.data} object={object} />
          )}
        </Suspense>
      )}
    </Box>
  );
}

function EmptyObject({ object }: { readonly object: ObjectEntry }) {
  const t = useMessages().preview;
  return (
    <Box sx={{ display: 'grid', placeItems: 'center', placeContent: 'center', gap: 3 }}>
      <FileIconFor row={{ kind: 'object', key: object.path, name: '', object }} sizePx={40} />
      <Typography variant="body2" color="textSecondary">
        {t.empty}
      </Typography>
    </Box>
  );
}
