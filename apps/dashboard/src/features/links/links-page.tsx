import LinksIcon from '@mui/icons-material/LinkOutlined';
import Button from '@mui/material/Button';
import type { SignedLink } from '@supastor/contract/wire/signed-link';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useMessages } from '../../messages/locale-provider.tsx';
import type { Messages } from '../../messages/messages.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Choice, FilterBar, TypedField } from '../../ui/filter-fields.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { LinesSkeleton } from '../../ui/section.tsx';
import { type LinkFilter, linksQuery, parseLinkFilter } from './link-queries.ts';
import { LinkTable } from './link-table.tsx';
import { RevokeDialog, type Revocation } from './revoke-dialog.tsx';

const route = getRouteApi('/signed-in/links');

/** Every signed link: for what, by whom, how often used, until when; and ending some of them. */
export function LinksPage() {
  const t = useMessages().links;
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const ledger = useInfiniteQuery({ ...linksQuery(filter), placeholderData: keepPreviousData });
  const [asked, setAsked] = useState<Revocation | null>(null);
  const change = (search: LinkFilter) => void navigate({ search, replace: true });
  const links = ledger.data?.pages.flatMap((page) => page.links) ?? [];
  const wide = revocationOf(t, filter);
  return (
    <>
      <PageHeader title={t.links} text={t.linksText}>
        {wide !== null && (
          <Button variant="outlined" color="error" onClick={() => setAsked(wide)}>
            {t.revokeAll}
          </Button>
        )}
      </PageHeader>
      <LinkFilters filter={filter} onChange={change} />
      {ledger.error && links.length === 0 && <ErrorNotice error={ledger.error} onRetry={() => void ledger.refetch()} />}
      {ledger.isPending && <LinesSkeleton />}
      {ledger.data && links.length === 0 && <NoLinks isFiltered={Object.keys(filter).length > 0} />}
      {links.length > 0 && <LinkTable links={links} onRevoke={(link) => setAsked(oneOf(t, link))} />}
      <MoreButton query={ledger}>{t.older}</MoreButton>
      {asked && <RevokeDialog revocation={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

type Words = Messages['links'];

function oneOf(t: Words, { id, bucket, path, subject, role }: SignedLink): Revocation {
  return { input: { ids: [id] }, what: t.linkTo(`${bucket}/${path}`), note: t.madeByThem(subject ?? role ?? t.someone) };
}

/** What the filter selects as a whole; null when that would be everything. States do not select: the dead need no revoking. */
function revocationOf(t: Words, { bucket, prefix, subject }: LinkFilter): Revocation | null {
  if (bucket === undefined && subject === undefined) return null;
  return {
    input: { ...(bucket !== undefined && { bucket }), ...(prefix !== undefined && { prefix }), ...(subject !== undefined && { subject }) },
    what: t.allLinks(bucket === undefined ? null : `${bucket}/${prefix ?? ''}`, subject ?? null),
    note: subject === undefined ? t.unlisted : t.listed,
  };
}

interface LinkFiltersProps {
  readonly filter: LinkFilter;
  readonly onChange: (filter: LinkFilter) => void;
}

function LinkFilters({ filter, onChange }: LinkFiltersProps) {
  const t = useMessages().links;
  const set = (part: Readonly<Record<string, unknown>>) => onChange(parseLinkFilter({ ...filter, ...part }));
  return (
    <FilterBar fields={4} isEmpty={Object.keys(filter).length === 0} onClear={() => onChange({})}>
      <TypedField label={t.bucket} value={filter.bucket ?? ''} onChange={(bucket) => set({ bucket })} />
      <TypedField
        label={t.prefix}
        value={filter.prefix ?? ''}
        disabled={filter.bucket === undefined}
        onChange={(prefix) => set({ prefix })}
      />
      <TypedField label={t.madeBy} value={filter.subject ?? ''} onChange={(subject) => set({ subject })} />
      <Choice
        label={t.state}
        all={t.anyState}
        value={filter.state}
        options={Object.entries(t.states)}
        onChange={(state) => set({ state })}
      />
    </FilterBar>
  );
}

function NoLinks({ isFiltered }: { readonly isFiltered: boolean }) {
  const t = useMessages().links;
  return isFiltered ? (
    <EmptyState icon={<LinksIcon />} title={t.none} text={t.noneText} />
  ) : (
    <EmptyState icon={<LinksIcon />} title={t.noLinks} text={t.noLinksText} />
  );
}
