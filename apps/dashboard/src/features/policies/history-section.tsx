import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import type { PolicyChange } from '@supastor/contract/operations/policies';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { call } from '../../api/call.ts';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line, Lines, LinesSkeleton, Section } from '../../ui/section.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { diffOf } from './change-diff.ts';
import { PlanDiff } from './plan-diff.tsx';
import { policyHistoryQuery } from './policy-queries.ts';

/** Changes of policies made here, newest first: what each was, and the way to take it back. */
export function HistorySection() {
  const t = useMessages().policyHistory;
  const history = useInfiniteQuery(policyHistoryQuery);
  const changes = history.data?.pages.flatMap((page) => page.changes) ?? [];
  const mayWrite = useQuery(heldPermissionsQuery).data?.includes('policies:write') === true;
  const [shown, setShown] = useState<PolicyChange | null>(null);
  return (
    <Section title={t.title}>
      {history.error && changes.length === 0 && <ErrorNotice error={history.error} onRetry={() => void history.refetch()} />}
      {history.isPending && <LinesSkeleton />}
      {history.data && changes.length === 0 && <Typography color="textSecondary">{t.none}</Typography>}
      {changes.length > 0 && (
        <Lines label={t.title}>
          {changes.map((change) => (
            <ChangeLine key={change.id} change={change} onShow={() => setShown(change)} />
          ))}
        </Lines>
      )}
      <MoreButton query={history}>{t.more}</MoreButton>
      {shown && <ChangeDialog change={shown} mayWrite={mayWrite} onClose={() => setShown(null)} />}
    </Section>
  );
}

function ChangeLine({ change, onShow }: { readonly change: PolicyChange; readonly onShow: () => void }) {
  const t = useMessages().policyHistory;
  const name = nameOf(change);
  return (
    <Line
      label={`${t.actions[change.action]}: ${name}`}
      title={
        <>
          {name}
          {change.rolledBackBy !== null && <Chip label={t.takenBack} size="small" variant="outlined" sx={{ flex: 'none' }} />}
        </>
      }
      detail={t.actions[change.action]}
      facts={
        <>
          {t.by(change.by)} · <RelativeTime at={change.at} />
        </>
      }
      action={
        <Button size="small" color="inherit" aria-label={t.showIt(name)} onClick={onShow}>
          {t.show}
        </Button>
      }
    />
  );
}

interface ChangeDialogProps {
  readonly change: PolicyChange;
  readonly mayWrite: boolean;
  readonly onClose: () => void;
}

function ChangeDialog({ change, mayWrite, onClose }: ChangeDialogProps) {
  const t = useMessages().policyHistory;
  const titleId = useId();
  const client = useQueryClient();
  const toasts = useToasts();
  const rollback = useMutation({
    mutationFn: () => call(operations.policiesRollback, { id: change.id }),
    onSuccess: () => {
      toasts.success(t.done(nameOf(change)));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.policies }),
  });
  return (
    <Dialog open onClose={rollback.isPending ? undefined : onClose} maxWidth="md" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{`${t.actions[change.action]}: ${nameOf(change)}`}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gap: 4, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <PlanDiff lines={diffOf(change)} />
        {mayWrite && change.rolledBackBy === null && <Typography color="textSecondary">{t.text}</Typography>}
        {rollback.error && <ErrorNotice error={rollback.error} />}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onClose} disabled={rollback.isPending} autoFocus>
          {t.close}
        </Button>
        {mayWrite && change.rolledBackBy === null && (
          <Button variant="contained" color="error" loading={rollback.isPending} onClick={() => rollback.mutate()}>
            {t.takeBack}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  );
}

function nameOf({ before, after }: PolicyChange): string {
  return (after ?? before)?.name ?? '–';
}
