import AddIcon from '@mui/icons-material/AddOutlined';
import PolicyIcon from '@mui/icons-material/GppGoodOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import type { Policy } from '@supastor/contract/operations/policies';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { useCreateRequest } from '../../ui/use-create-request.ts';
import { HistorySection } from './history-section.tsx';
import { PatternDialog } from './pattern-dialog.tsx';
import { PolicyFormDialog } from './policy-form-dialog.tsx';
import { PolicyLine } from './policy-line.tsx';
import { policiesQuery } from './policy-queries.ts';
import { Simulator } from './simulator.tsx';

const route = getRouteApi('/signed-in/policies');

type Asked = { readonly kind: 'new' | 'pattern' } | { readonly kind: 'edit' | 'delete'; readonly policy: Policy };

/** Who may do what with objects: the policies, what is wrong with them, and a place to try them. */
export function PoliciesPage() {
  const t = useMessages().policies;
  const { bucket } = route.useSearch();
  const policies = useQuery(policiesQuery);
  const [asked, setAsked] = useState<Asked | null>(null);
  useCreateRequest('policy', () => setAsked({ kind: 'new' }));
  const close = () => setAsked(null);
  const shown = (policies.data ?? []).filter(({ buckets }) => bucket === undefined || buckets.length === 0 || buckets.includes(bucket));
  const buttons = (
    <Box sx={{ display: 'flex', gap: 2, flexWrap: 'wrap', justifyContent: 'center' }}>
      <Button variant="outlined" color="inherit" onClick={() => setAsked({ kind: 'pattern' })}>
        {t.fromAPattern}
      </Button>
      <Button variant="contained" startIcon={<AddIcon />} onClick={() => setAsked({ kind: 'new' })}>
        {t.newPolicy}
      </Button>
    </Box>
  );
  return (
    <>
      <PageHeader title={t.policies} text={bucket === undefined ? t.policiesText : t.concerning(bucket)}>
        {shown.length > 0 && buttons}
      </PageHeader>
      {policies.error && !policies.data && <ErrorNotice error={policies.error} onRetry={() => void policies.refetch()} />}
      {policies.isPending && <Skeleton variant="rounded" height={200} />}
      {policies.data && shown.length === 0 && (
        <EmptyState icon={<PolicyIcon />} title={t.none} text={t.noneText}>
          {buttons}
        </EmptyState>
      )}
      {shown.length > 0 && (
        <Paper
          component="ul"
          variant="outlined"
          aria-label={t.policies}
          sx={{ m: 0, p: 0, mb: 8, listStyle: 'none', borderRadius: 1.5, '& > li + li': { borderTop: 1, borderColor: 'divider' } }}
        >
          {shown.map((policy) => (
            <PolicyLine key={`${policy.table}/${policy.name}`} policy={policy} onAsk={(kind) => setAsked({ kind, policy })} />
          ))}
        </Paper>
      )}
      <Simulator bucket={bucket ?? ''} />
      <HistorySection />
      {asked?.kind === 'new' && <PolicyFormDialog onClose={close} />}
      {asked?.kind === 'edit' && <PolicyFormDialog policy={asked.policy} onClose={close} />}
      {asked?.kind === 'pattern' && <PatternDialog bucket={bucket ?? ''} onClose={close} />}
      {asked?.kind === 'delete' && <DeletePolicyDialog policy={asked.policy} onClose={close} />}
    </>
  );
}

function DeletePolicyDialog({ policy, onClose }: { readonly policy: Policy; readonly onClose: () => void }) {
  const t = useMessages().policies;
  const client = useQueryClient();
  const { table, name, revision } = policy;
  const remove = useMutation({
    mutationFn: () => call(operations.policiesDelete, { table, name, revision }),
    onSuccess: onClose,
    onSettled: () => void client.invalidateQueries({ queryKey: keys.policies }),
  });
  return (
    <ConfirmDialog
      title={t.deleteIt}
      action={t.remove}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      {t.deleteText(name)}
    </ConfirmDialog>
  );
}
