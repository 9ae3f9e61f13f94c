import TrailIcon from '@mui/icons-material/FactCheckOutlined';
import VerifyIcon from '@mui/icons-material/VerifiedUserOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Skeleton from '@mui/material/Skeleton';
import type { AuditEntry } from '@supastor/contract/operations/audit';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { AuditEntryDrawer } from './audit-entry-drawer.tsx';
import type { AuditFilter } from './audit-filter.ts';
import { AuditFilters } from './audit-filters.tsx';
import { auditQuery } from './audit-queries.ts';
import { AuditTable } from './audit-table.tsx';
import { ExportMenu } from './export-menu.tsx';
import { RetentionDialog } from './retention-dialog.tsx';
import { useVerify, VerifyResult } from './verify-panel.tsx';

const route = getRouteApi('/signed-in/audit');

/** Who did what, when, from where, and whether anybody altered the record of it. */
export function AuditPage() {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const trail = useInfiniteQuery(auditQuery(filter));
  const verify = useVerify();
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const [pruning, setPruning] = useState(false);
  const t = useMessages().audit;
  const mayPrune = useQuery(heldPermissionsQuery).data?.includes('audit:write') === true;
  const change = (search: AuditFilter) => void navigate({ search, replace: true });
  const entries = trail.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <>
      <PageHeader title={t.audit} text={t.auditText}>
        <Button variant="outlined" color="inherit" startIcon={<VerifyIcon />} loading={verify.isPending} onClick={() => verify.mutate()}>
          {t.verify}
        </Button>
        <ExportMenu filter={filter} />
        {mayPrune && (
          <Button variant="outlined" color="inherit" onClick={() => setPruning(true)}>
            {t.prune}
          </Button>
        )}
      </PageHeader>
      {verify.error && (
        <Box sx={{ mb: 5 }}>
          <ErrorNotice error={verify.error} onRetry={() => verify.mutate()} />
        </Box>
      )}
      <VerifyResult verify={verify} />
      <AuditFilters filter={filter} onChange={change} />
      {trail.error && entries.length === 0 && <ErrorNotice error={trail.error} onRetry={() => void trail.refetch()} />}
      {trail.isPending && <TrailSkeleton />}
      {trail.data && entries.length === 0 && <EmptyState icon={<TrailIcon />} title={t.none} text={t.noneText} />}
      {entries.length > 0 && <AuditTable entries={entries} onOpen={setOpen} />}
      <MoreButton query={trail}>{t.older}</MoreButton>
      {pruning && <RetentionDialog onClose={() => setPruning(false)} />}
      {open && <AuditEntryDrawer entry={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function TrailSkeleton() {
  return (
    <Box aria-hidden sx={{ display: 'grid', gap: 1 }}>
      {[0, 1, 2, 3, 4, 5].map((index) => (
        <Skeleton key={index} variant="rounded" height={48} />
      ))}
    </Box>
  );
}
