import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import Skeleton from '@mui/material/Skeleton';
import Slider from '@mui/material/Slider';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { Bucket } from '@supastor/contract/operations/buckets';
import type { Picture } from '@supastor/contract/operations/object-details';
import type { ObjectEntry } from '@supastor/contract/operations/objects';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type RefCallback, useCallback, useEffect, useState } from 'react';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { formatBytes } from '../../../format/bytes.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import type { Messages } from '../../../messages/messages.ts';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { CodeFact, Facts } from './facts.tsx';
import { pictureOf, type PictureForm, publicPictureUrl } from './picture-form.ts';

interface PictureTabProps {
  readonly bucket: Bucket;
  readonly object: ObjectEntry;
  readonly storageUrl: string;
}

const TYPING_MS = 400;
const LINK_SECONDS = 3600;

/** Tries sizes and formats of a picture, with what comes out and the address that makes it. */
export function PictureTab({ bucket, object, storageUrl }: PictureTabProps) {
  const t = useMessages().picture;
  const [form, setForm] = useState<PictureForm>({ width: '400', height: '', resize: 'cover', quality: 80, format: '' });
  const picture = useSettled(form);
  const made = useQuery({
    queryKey: ['picture', bucket.id, object.path, object.etag, picture],
    queryFn: ({ signal }) => makePicture({ bucket: bucket.id, path: object.path, picture }, signal),
    placeholderData: keepPreviousData,
    staleTime: (LINK_SECONDS / 2) * 1000,
    retry: false,
  });
  const showBytes = useBytesOf(made.data?.blob);
  const change = (part: Partial<PictureForm>) => setForm({ ...form, ...part });
  return (
    <>
      <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 3 }}>
        <SizeField label={t.width} value={form.width} onChange={(width) => change({ width })} />
        <SizeField label={t.height} value={form.height} onChange={(height) => change({ height })} />
        <TextField
          select
          label={t.fit}
          value={form.resize}
          onChange={(event) =>
            change({ resize: event.target.value === 'contain' ? 'contain' : event.target.value === 'fill' ? 'fill' : 'cover' })
          }
        >
          <MenuItem value="cover">{t.cover}</MenuItem>
          <MenuItem value="contain">{t.contain}</MenuItem>
          <MenuItem value="fill">{t.fill}</MenuItem>
        </TextField>
        <TextField
          select
          label={t.format}
          value={form.format}
          onChange={(event) => change({ format: event.target.value })}
          slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
        >
          <MenuItem value="">{t.best}</MenuItem>
          <MenuItem value="origin">{t.asIs}</MenuItem>
          <MenuItem value="webp">{t.webp}</MenuItem>
          <MenuItem value="avif">AVIF</MenuItem>
        </TextField>
      </Box>
      <Box sx={{ px: 2 }}>
        <Typography variant="body2" id="picture-quality">
          {t.quality(form.quality)}
        </Typography>
        <Slider
          size="small"
          min={20}
          max={100}
          value={form.quality}
          onChange={(_event, value) => change({ quality: Array.isArray(value) ? (value[0] ?? 80) : value })}
          aria-labelledby="picture-quality"
        />
      </Box>
      {made.error && <ErrorNotice error={made.error} onRetry={() => void made.refetch()} />}
      {made.isPending && <Skeleton variant="rounded" height={220} />}
      {made.data && !made.error && (
        <>
          <Box
            component="img"
            ref={showBytes}
            alt={t.result}
            sx={{
              maxWidth: '100%',
              maxHeight: 320,
              objectFit: 'contain',
              border: 1,
              borderColor: 'divider',
              borderRadius: 1,
              justifySelf: 'start',
            }}
          />
          <Facts
            facts={[
              [t.size, `${formatBytes(made.data.blob.size)}${shareOf(t, made.data.blob.size, object.sizeBytes)}`],
              [t.type, made.data.blob.type],
            ]}
          >
            {bucket.public && (
              <CodeFact name={t.publicAddress} value={publicPictureUrl(storageUrl, { bucket: bucket.id, path: object.path }, picture)} />
            )}
            <CodeFact name={t.signedAddress} value={made.data.url} />
          </Facts>
        </>
      )}
    </>
  );
}

interface SizeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function SizeField({ label, value, onChange }: SizeFieldProps) {
  const t = useMessages().picture;
  return (
    <TextField
      label={label}
      value={value}
      placeholder={t.auto}
      onChange={(event) => onChange(event.target.value.replaceAll(/\D/g, '').slice(0, 5))}
      slotProps={{ htmlInput: { inputMode: 'numeric' }, input: { endAdornment: <Typography variant="caption">px</Typography> } }}
    />
  );
}

/** The picture that is asked for, once nobody has changed it for a moment. */
function useSettled(form: PictureForm): Picture {
  const [settled, setSettled] = useState(() => pictureOf(form));
  useEffect(() => {
    const timer = setTimeout(() => setSettled(pictureOf(form)), TYPING_MS);
    return () => clearTimeout(timer);
  }, [form]);
  return settled;
}

/** Lets an image show bytes in memory, whose address is let go of with them. */
function useBytesOf(blob: Blob | undefined): RefCallback<HTMLImageElement> {
  return useCallback(
    (image) => {
      if (image === null || blob === undefined) return undefined;
      const url = URL.createObjectURL(blob);
      image.src = url;
      return () => URL.revokeObjectURL(url);
    },
    [blob],
  );
}

interface PictureRequest {
  readonly bucket: string;
  readonly path: string;
  readonly picture: Picture;
}

/** Signs, loads and measures a picture. */
async function makePicture({ bucket, path, picture }: PictureRequest, signal: AbortSignal) {
  const { url } = await call(operations.objectsSignOne, { bucket, path, picture, expiresInSeconds: LINK_SECONDS }, signal);
  const response = await fetch(url, { signal, referrerPolicy: 'no-referrer' });
  if (!response.ok) throw new Error(await wordsOf(response));
  const blob = await response.blob();
  return { url, blob };
}

async function wordsOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : null;
  return typeof message === 'string' ? message : `Storage answered ${response.status}.`;
}

function shareOf(t: Messages['picture'], bytes: number, originalBytes: number | null): string {
  if (originalBytes === null || originalBytes === 0) return '';
  return t.share(Math.round((bytes / originalBytes) * 100));
}
