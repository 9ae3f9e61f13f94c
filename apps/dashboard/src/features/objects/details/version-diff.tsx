import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { ObjectVersion } from '@supastor/contract/operations/object-details';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { formatDateTime } from '../../../format/time.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { type DiffLine, diffLines } from '../../../ui/diff-lines.ts';
import { MONO } from '../../../ui/fonts.ts';
import { fetchText, TEXT_BYTES } from '../preview/fetch-text.ts';
import { previewKind } from '../preview/preview-kind.ts';

interface VersionDiffProps {
  readonly bucket: string;
  readonly path: string;
  readonly before: ObjectVersion;
  readonly after: ObjectVersion;
  readonly onClose: () => void;
}

const TEXTS = new Set(['text', 'markdown', 'csv', 'json']);

/** Two versions of an object: texts line by line, pictures side by side, anything else by what is known of it. */
export function VersionDiff({ bucket, path, before, after, onClose }: VersionDiffProps) {
  const t = useMessages().versions;
  const { common } = useMessages();
  const titleId = useId();
  const kind = previewKind({ mimeType: after.mimeType, path, sizeBytes: after.sizeBytes });
  const links = useQuery({
    queryKey: ['version-links', bucket, path, before.versionId, after.versionId],
    queryFn: () => Promise.all([before, after].map(({ versionId }) => signVersion({ bucket, path, versionId }))),
    staleTime: 1_800_000,
  });
  return (
    <Dialog open onClose={onClose} maxWidth="lg" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{t.compared}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 4 }}>
        <Typography variant="body2" color="textSecondary" className="num">
          {formatDateTime(before.createdAt)}, {formatBytes(before.sizeBytes)} → {formatDateTime(after.createdAt)},{' '}
          {formatBytes(after.sizeBytes)}
          {before.etag === after.etag && t.sameBytes}
        </Typography>
        {links.error && <ErrorNotice error={links.error} onRetry={() => void links.refetch()} />}
        {links.isPending && <Skeleton variant="rounded" height={200} />}
        {links.data && kind === 'image' && <Pictures urls={links.data} />}
        {links.data && TEXTS.has(kind) && <Texts urls={links.data} />}
        {links.data && kind !== 'image' && !TEXTS.has(kind) && before.etag !== after.etag && (
          <Typography variant="body2">{t.differ}</Typography>
        )}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          {common.close}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Pictures({ urls }: { readonly urls: readonly string[] }) {
  const t = useMessages().versions;
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 3 }}>
      {urls.map((url, index) => (
        <Box
          key={url}
          component="img"
          src={url}
          alt={index === 0 ? t.earlier : t.current}
          referrerPolicy="no-referrer"
          sx={{ width: '100%', maxHeight: 480, objectFit: 'contain', border: 1, borderColor: 'divider', borderRadius: 1 }}
        />
      ))}
    </Box>
  );
}

function Texts({ urls }: { readonly urls: readonly string[] }) {
  const t = useMessages().versions;
  const diff = useQuery({
    queryKey: ['version-diff', ...urls],
    queryFn: async ({ signal }) => {
      const [before, after] = await Promise.all(urls.map((url) => fetchText(url, signal)));
      return { lines: diffLines(before?.text ?? '', after?.text ?? ''), isCut: before?.isCut === true || after?.isCut === true };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (diff.error) return <ErrorNotice error={diff.error} />;
  if (diff.data === undefined) return <Skeleton variant="rounded" height={200} />;
  const { lines, isCut } = diff.data;
  if (lines === null) return <Typography variant="body2">{t.tooMuch}</Typography>;
  return (
    <>
      {isCut && (
        <Typography variant="caption" color="textSecondary">
          {t.firstOnly(formatBytes(TEXT_BYTES))}
        </Typography>
      )}
      <Box component="pre" tabIndex={0} aria-label={t.changes} sx={LINES}>
        {lines.map((line, index) => (
          <DiffRow key={index} line={line} />
        ))}
      </Box>
    </>
  );
}

const LINES = {
  m: 0,
  fontFamily: MONO,
  fontSize: 12,
  lineHeight: 1.6,
  overflow: 'auto',
  maxHeight: 520,
  border: 1,
  borderColor: 'divider',
  borderRadius: 1,
} as const;

const SIGNS = { same: ' ', removed: '-', added: '+' } as const;
const COLOURS = {
  same: {},
  removed: { bgcolor: 'color-mix(in srgb, var(--mui-palette-error-main) 14%, transparent)' },
  added: { bgcolor: 'color-mix(in srgb, var(--mui-palette-success-main) 14%, transparent)' },
} as const;

function DiffRow({ line: { kind, text } }: { readonly line: DiffLine }) {
  return (
    <Box component="span" sx={{ display: 'block', px: 3, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', ...COLOURS[kind] }}>
      {`${SIGNS[kind]} ${text}`}
    </Box>
  );
}

interface VersionName {
  readonly bucket: string;
  readonly path: string;
  readonly versionId: string;
}

async function signVersion(version: VersionName): Promise<string> {
  return (await call(operations.objectsSignOne, { ...version, expiresInSeconds: 3600 })).url;
}
