import LinksIcon from '@mui/icons-material/LinkOutlined';
import Button from '@mui/material/Button';
import type { SignedLink } from '@supastor/contract/wire/signed-link';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { Choice, FilterBar, TypedField } from '../../ui/filter-fields.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { LinesSkeleton } from '../../ui/section.tsx';
import { LINK_STATES, type LinkFilter, linksQuery, parseLinkFilter } from './link-queries.ts';
import { LinkTable } from './link-table.tsx';
import { RevokeDialog, type Revocation } from './revoke-dialog.tsx';

const route = getRouteApi('/signed-in/links');

/** Every signed link: for what, by whom, how often used, until when; and ending some of them. */
export function LinksPage() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const ledger = useInfiniteQuery({ ...linksQuery(filter), placeholderData: keepPreviousData });
  const [asked, setAsked] = useState<Revocation | null>(null);
  const change = (search: LinkFilter) => void navigate({ search, replace: true });
  const links = ledger.data?.pages.flatMap((page) => page.links) ?? [];
  const wide = revocationOf(filter);
  return (
    <>
      <PageHeader
        title="Links"
        text="Signed links open one object to whoever has them. Each is noted here and can be ended before it expires."
      >
        {wide !== null && (
          <Button variant="outlined" color="error" onClick={() => setAsked(wide)}>
            Revoke all of these
          </Button>
        )}
      </PageHeader>
      <LinkFilters filter={filter} onChange={change} />
      {ledger.error && links.length === 0 && <ErrorNotice error={ledger.error} onRetry={() => void ledger.refetch()} />}
      {ledger.isPending && <LinesSkeleton />}
      {ledger.data && links.length === 0 && <NoLinks isFiltered={Object.keys(filter).length > 0} />}
      {links.length > 0 && <LinkTable links={links} onRevoke={(link) => setAsked(oneOf(link))} />}
      <MoreButton query={ledger}>Show older</MoreButton>
      {asked && <RevokeDialog revocation={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function oneOf({ id, bucket, path, subject, role }: SignedLink): Revocation {
  return { input: { ids: [id] }, what: `the link to ${bucket}/${path}`, note: `Made by ${subject ?? role ?? 'someone unknown'}.` };
}

/** What the filter selects as a whole; null when that would be everything. States do not select: the dead need no revoking. */
function revocationOf({ bucket, prefix, subject }: LinkFilter): Revocation | null {
  if (bucket === undefined && subject === undefined) return null;
  const place = bucket === undefined ? '' : ` to ${bucket}/${prefix ?? ''}`;
  const maker = subject === undefined ? '' : ` made by ${subject}`;
  return {
    input: { ...(bucket !== undefined && { bucket }), ...(prefix !== undefined && { prefix }), ...(subject !== undefined && { subject }) },
    what: `all links${place}${maker}`,
    note: subject === undefined ? 'Also those that are not in this list.' : 'All that this list knows of.',
  };
}

interface LinkFiltersProps {
  readonly filter: LinkFilter;
  readonly onChange: (filter: LinkFilter) => void;
}

function LinkFilters({ filter, onChange }: LinkFiltersProps) {
  const set = (part: Readonly<Record<string, unknown>>) => onChange(parseLinkFilter({ ...filter, ...part }));
  return (
    <FilterBar fields={4} isEmpty={Object.keys(filter).length === 0} onClear={() => onChange({})}>
      <TypedField label="Bucket" value={filter.bucket ?? ''} onChange={(bucket) => set({ bucket })} />
      <TypedField
        label="Path begins with"
        value={filter.prefix ?? ''}
        disabled={filter.bucket === undefined}
        onChange={(prefix) => set({ prefix })}
      />
      <TypedField label="Made by" value={filter.subject ?? ''} onChange={(subject) => set({ subject })} />
      <Choice
        label="State"
        all="Any state"
        value={filter.state}
        options={Object.entries(LINK_STATES)}
        onChange={(state) => set({ state })}
      />
    </FilterBar>
  );
}

function NoLinks({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <EmptyState
      icon={<LinksIcon />}
      title="Nothing fits"
      text="No link matches these filters. Links stay listed for a week after they end."
    />
  ) : (
    <EmptyState
      icon={<LinksIcon />}
      title="No links yet"
      text="“Get link” in the menu of an object makes one, and so does createSignedUrl of storage-js."
    />
  );
}
