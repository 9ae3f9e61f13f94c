import AddIcon from '@mui/icons-material/AddOutlined';
import BucketIcon from '@mui/icons-material/Inventory2Outlined';
import SearchIcon from '@mui/icons-material/SearchOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import InputAdornment from '@mui/material/InputAdornment';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { systemQuery } from '../../api/system-query.ts';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { CodeSnippet } from '../../ui/code-snippet.tsx';
import { BlankSlate } from '../../ui/blank-slate.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useCreateRequest } from '../../ui/use-create-request.ts';
import { BucketFormDialog } from './bucket-form-dialog.tsx';
import { bucketsQuery } from './bucket-queries.ts';
import { BucketTable } from './bucket-table.tsx';

const SEARCH_FROM = 8;

/** Every bucket of the store. */
export function BucketsPage() {
  const t = useMessages().buckets;
  const navigate = useNavigate();
  const buckets = useQuery(bucketsQuery);
  const [creating, setCreating] = useState(false);
  const [search, setSearch] = useState('');
  useCreateRequest('bucket', () => setCreating(true));
  const create = () => setCreating(true);
  const all = buckets.data ?? [];
  const shown = all.filter((bucket) => bucket.id.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <>
      <PageHeader title={t.buckets} text={buckets.data && all.length > 0 ? t.count(formatNumber(all.length), all.length) : undefined}>
        {all.length >= SEARCH_FROM && <SearchField value={search} onChange={setSearch} />}
        {(all.length > 0 || buckets.isPending) && (
          <Button variant="contained" startIcon={<AddIcon />} onClick={create}>
            {t.newBucket}
          </Button>
        )}
      </PageHeader>
      {buckets.error && !buckets.data && <ErrorNotice error={buckets.error} onRetry={() => void buckets.refetch()} />}
      {buckets.isPending && <BucketsSkeleton />}
      {buckets.data && all.length === 0 && <NoBuckets onCreate={create} />}
      {shown.length > 0 && <BucketTable buckets={shown} />}
      {all.length > 0 && shown.length === 0 && <EmptyState title={t.noMatch} text={t.noMatchText(search.trim())} />}
      {creating && (
        <BucketFormDialog
          onClose={() => setCreating(false)}
          onSaved={(bucket) => void navigate({ to: '/buckets/$bucket', params: { bucket: bucket.id } })}
        />
      )}
    </>
  );
}

function SearchField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const t = useMessages().buckets;
  return (
    <TextField
      placeholder={t.find}
      type="search"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      sx={{ width: 220 }}
      slotProps={{
        htmlInput: { 'aria-label': t.find },
        input: {
          startAdornment: (
            <InputAdornment position="start">
              <SearchIcon fontSize="small" />
            </InputAdornment>
          ),
        },
      }}
    />
  );
}

function NoBuckets({ onCreate }: { readonly onCreate: () => void }) {
  const t = useMessages().buckets;
  const system = useQuery(systemQuery);
  return (
    <BlankSlate icon={<BucketIcon />} title={t.first} text={t.firstText}>
      <Button variant="contained" startIcon={<AddIcon />} onClick={onCreate} sx={{ mb: 6 }}>
        {t.newBucket}
      </Button>
      {system.data && <CodeSnippet label={t.fromCode} code={snippet(system.data.storageUrl)} />}
    </BlankSlate>
  );
}

function snippet(storageUrl: string): string {
  return [
    "import { StorageClient } from '@supabase/storage-js';",
    '',
    `const storage = new StorageClient('${storageUrl}', {`,
    '  apikey: process.env.SERVICE_ROLE_KEY,',
    '  authorization: `Bearer ${process.env.SERVICE_ROLE_KEY}`,',
    '});',
    '',
    "await storage.createBucket('photos', { public: false });",
  ].join('\n');
}

function BucketsSkeleton() {
  return (
    <Box aria-hidden sx={{ display: 'grid', gap: 1 }}>
      {[0, 1, 2, 3].map((index) => (
        <Skeleton key={index} variant="rounded" height={48} />
      ))}
    </Box>
  );
}
