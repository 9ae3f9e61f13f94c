import AddIcon from '@mui/icons-material/AddOutlined';
import RemoveIcon from '@mui/icons-material/CloseOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { Bucket } from '@supastor/contract/operations/buckets';
import type { ObjectDetails } from '@supastor/contract/operations/object-details';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../../ui/error-notice.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { detailsQuery } from './details-queries.ts';
import { metadataOf, metadataProblem, type MetadataRow, rowsOfMetadata } from './metadata-form.ts';

interface MetadataTabProps {
  readonly bucket: Bucket;
  readonly path: string;
}

/** Type, cache control and user metadata of an object, to be changed without its bytes. */
export function MetadataTab({ bucket, path }: MetadataTabProps) {
  const details = useQuery(detailsQuery(bucket.id, path));
  if (details.error) return <ErrorNotice error={details.error} onRetry={() => void details.refetch()} />;
  if (details.data === undefined) return <Skeleton variant="rounded" height={240} />;
  // Drawn anew for what was saved, and not while somebody types.
  return <MetadataForm key={details.data.updatedAt} bucket={bucket} details={details.data} />;
}

function MetadataForm({ bucket, details }: { readonly bucket: Bucket; readonly details: ObjectDetails }) {
  const t = useMessages().details;
  const client = useQueryClient();
  const toasts = useToasts();
  const [mimeType, setMimeType] = useState(details.mimeType ?? 'application/octet-stream');
  const [cacheControl, setCacheControl] = useState(details.cacheControl ?? 'no-cache');
  const [rows, setRows] = useState(() => rowsOfMetadata(details.metadata));
  const problem = metadataProblem(t, rows);
  const save = useMutation({
    mutationFn: () => {
      const metadata = metadataOf(rows, details.metadata);
      return call(operations.objectsDescribe, { bucket: bucket.id, path: details.path, mimeType: mimeType.trim(), cacheControl, metadata });
    },
    onSuccess: (saved) => {
      client.setQueryData(detailsQuery(bucket.id, details.path).queryKey, saved);
      void client.invalidateQueries({ queryKey: keys.objects(bucket.id) });
      toasts.success(t.saved);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (problem === null) save.mutate();
  };
  const change = (id: number, part: Partial<MetadataRow>) => setRows(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <Box component="form" onSubmit={submit} noValidate sx={{ display: 'grid', gap: 4 }}>
      <TextField
        label={t.contentType}
        value={mimeType}
        onChange={(event) => setMimeType(event.target.value)}
        slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none' } }}
      />
      <TextField
        label={t.cacheControl}
        value={cacheControl}
        onChange={(event) => setCacheControl(event.target.value)}
        helperText={t.cacheControlHelp}
        slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none' } }}
      />
      <Box role="group" aria-label={t.userMetadata} sx={{ display: 'grid', gap: 2 }}>
        <Typography variant="h3">{t.userMetadata}</Typography>
        {rows.length === 0 && (
          <Typography variant="body2" color="textSecondary">
            {t.noMetadata}
          </Typography>
        )}
        {rows.map((row) => (
          <MetadataLine
            key={row.id}
            row={row}
            onChange={(part) => change(row.id, part)}
            onRemove={() => setRows(rows.filter(({ id }) => id !== row.id))}
          />
        ))}
        {problem !== null && (
          <Typography variant="caption" color="error" role="alert">
            {problem}
          </Typography>
        )}
        <Button
          size="small"
          startIcon={<AddIcon />}
          onClick={() => setRows([...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, name: '', value: '' }])}
          sx={{ justifySelf: 'start', ml: -2 }}
        >
          {t.addLine}
        </Button>
      </Box>
      {save.error && <ErrorNotice error={save.error} />}
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3 }}>
        <Typography variant="caption" color="textSecondary" sx={{ flex: 1 }}>
          {bucket.versioning_status === 'ENABLED' ? t.savingVersion : t.savingStays}
        </Typography>
        <Button type="submit" variant="contained" loading={save.isPending} disabled={problem !== null}>
          {t.saveMetadata}
        </Button>
      </Box>
    </Box>
  );
}

interface MetadataLineProps {
  readonly row: MetadataRow;
  readonly onChange: (part: Partial<MetadataRow>) => void;
  readonly onRemove: () => void;
}

function MetadataLine({ row, onChange, onRemove }: MetadataLineProps) {
  const t = useMessages().details;
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 2fr) minmax(0, 3fr) auto', gap: 2, alignItems: 'center' }}>
      <TextField
        label={t.name}
        value={row.name}
        onChange={(event) => onChange({ name: event.target.value })}
        slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none', maxLength: 200 } }}
      />
      <TextField label={t.value} value={row.value} onChange={(event) => onChange({ value: event.target.value })} />
      <IconButton size="small" aria-label={t.removeLine(row.name)} onClick={onRemove}>
        <RemoveIcon fontSize="small" />
      </IconButton>
    </Box>
  );
}
