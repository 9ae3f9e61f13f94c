import SearchIcon from '@mui/icons-material/SearchOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import InputAdornment from '@mui/material/InputAdornment';
import Link from '@mui/material/Link';
import MenuItem from '@mui/material/MenuItem';
import Skeleton from '@mui/material/Skeleton';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import TextField from '@mui/material/TextField';
import type { FoundObject } from '@supastor/contract/operations/catalogue';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { createLink, getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { formatBytes } from '../../format/bytes.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { CLIPPED, FixedTable } from '../../ui/table-frame.tsx';
import { type SearchQuestion, searchQuery, SORTS } from './search-queries.ts';

const route = getRouteApi('/signed-in/search');
const RouteLink = createLink(Link);

/** Objects of all buckets, by name, glob, type and size. */
export function SearchPage() {
  const t = useMessages().search;
  const question = route.useSearch();
  const navigate = route.useNavigate();
  const found = useInfiniteQuery({ ...searchQuery(question), placeholderData: keepPreviousData });
  const objects = found.data?.pages.flatMap((page) => page.objects) ?? [];
  return (
    <>
      <PageHeader title={t.search} text={t.searchText} />
      <SearchForm key={JSON.stringify(question)} question={question} onAsk={(search) => void navigate({ search })} />
      {found.error && <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <Skeleton variant="rounded" height={240} />}
      {found.data && objects.length === 0 && <EmptyState icon={<SearchIcon />} title={t.none} text={t.noneText} />}
      {objects.length > 0 && <Results objects={objects} />}
      <MoreButton query={found}>{t.more}</MoreButton>
    </>
  );
}

interface SearchFormProps {
  readonly question: SearchQuestion;
  readonly onAsk: (question: SearchQuestion) => void;
}

function SearchForm({ question, onAsk }: SearchFormProps) {
  const t = useMessages().search;
  const [text, setText] = useState(question.text ?? '');
  const [bucket, setBucket] = useState(question.bucket ?? '');
  const [type, setType] = useState(question.type ?? '');
  const sort = question.sort ?? 'name';
  const ask = (order: string) =>
    onAsk({ ...(text && { text }), ...(bucket && { bucket }), ...(type && { type }), ...(order !== 'name' && { sort: order }) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask(sort);
  };
  return (
    <Box
      component="form"
      role="search"
      onSubmit={submit}
      sx={{ display: 'grid', gap: 3, mb: 5, gridTemplateColumns: { xs: '1fr 1fr', md: 'minmax(0, 2fr) 1fr 1fr 140px auto' } }}
    >
      <TextField
        label={t.name}
        size="small"
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        sx={{ gridColumn: { xs: '1 / -1', md: 'auto' } }}
        slotProps={{ input: { startAdornment: <InputAdornment position="start">{<SearchIcon fontSize="small" />}</InputAdornment> } }}
      />
      <TextField label={t.bucket} size="small" value={bucket} onChange={(event) => setBucket(event.target.value)} />
      <TextField label={t.type} placeholder="image/*" size="small" value={type} onChange={(event) => setType(event.target.value)} />
      <TextField select label={t.first} size="small" value={sort} onChange={(event) => ask(event.target.value)}>
        {SORTS.map((value) => (
          <MenuItem key={value} value={value}>
            {t.sorts[value]}
          </MenuItem>
        ))}
      </TextField>
      <Button type="submit" variant="contained">
        {t.searchIt}
      </Button>
    </Box>
  );
}

const WIDE = { display: { xs: 'none', sm: 'table-cell' } } as const;

function Results({ objects }: { readonly objects: readonly FoundObject[] }) {
  const t = useMessages().search;
  return (
    <FixedTable label={t.found}>
      <TableHead>
        <TableRow>
          <TableCell>{t.object}</TableCell>
          <TableCell sx={{ ...WIDE, width: 180 }}>{t.type}</TableCell>
          <TableCell align="right" sx={{ width: 96 }}>
            {t.size}
          </TableCell>
          <TableCell sx={{ ...WIDE, width: 136 }}>{t.changed}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {objects.map((object) => (
          <TableRow hover key={`${object.bucket}/${object.path}`}>
            <TableCell sx={CLIPPED}>
              <RouteLink
                to="/buckets/$bucket"
                params={{ bucket: object.bucket }}
                search={{ prefix: object.path.slice(0, object.path.lastIndexOf('/') + 1), object: object.path }}
                sx={{ fontWeight: 550 }}
              >
                {object.path}
              </RouteLink>
              <Box sx={{ ...CLIPPED, fontSize: 12, color: 'text.secondary' }}>{object.bucket}</Box>
            </TableCell>
            <TableCell sx={{ ...WIDE, ...CLIPPED, color: 'text.secondary' }}>{object.mimeType ?? '–'}</TableCell>
            <TableCell align="right" className="num">
              {object.sizeBytes === null ? '–' : formatBytes(object.sizeBytes)}
            </TableCell>
            <TableCell sx={{ ...WIDE, color: 'text.secondary' }}>
              <RelativeTime at={object.updatedAt} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </FixedTable>
  );
}
