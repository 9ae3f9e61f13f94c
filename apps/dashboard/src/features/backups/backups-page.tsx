import BackupIcon from '@mui/icons-material/SettingsBackupRestoreOutlined';
import Button from '@mui/material/Button';
import type { BackupSummary } from '@supastor/contract/wire/backup';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createLink } from '@tanstack/react-router';
import { useState } from 'react';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { jobsQuery } from '../../api/jobs-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { BlankSlate } from '../../ui/blank-slate.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Lines, LinesSkeleton } from '../../ui/section.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { BackupLine } from './backup-line.tsx';
import { backupsQuery, sortBackupJobs } from '../../api/backups-query.ts';
import { RemoveBackupDialog } from './remove-backup-dialog.tsx';
import { RestoreDialog } from './restore-dialog.tsx';
import { RunningBackups } from './running-backups.tsx';

const RouteButton = createLink(Button);

interface Asked {
  readonly about: 'restore' | 'remove';
  readonly backup: BackupSummary;
}

/** Restore points: making, checking and removing them, and how one is brought back. */
export function BackupsPage() {
  const t = useMessages().backups;
  const maySeeJobs = useQuery(heldPermissionsQuery).data?.includes('jobs:read') === true;
  const { open, ended } = sortBackupJobs(useQuery({ ...jobsQuery, enabled: maySeeJobs }).data?.jobs ?? []);
  const list = useQuery(backupsQuery(ended));
  const [asked, setAsked] = useState<Asked | null>(null);
  const backups = list.data?.backups ?? [];
  const destination = list.data?.destination;
  return (
    <>
      <PageHeader title={t.title} text={destination ? t.keptIn(destination) : t.text}>
        {destination && (
          <>
            <RouteButton to="/jobs" variant="outlined" color="inherit">
              {t.schedule}
            </RouteButton>
            <CreateButton />
          </>
        )}
      </PageHeader>
      <RunningBackups jobs={open} />
      {list.error && !list.data && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <LinesSkeleton />}
      {destination === null && (
        <BlankSlate icon={<BackupIcon />} title={t.unset} text={t.unsetText}>
          <RouteButton to="/settings" search={{ q: 'backups' }} variant="outlined" color="inherit">
            {t.configure}
          </RouteButton>
        </BlankSlate>
      )}
      {destination && backups.length === 0 && <BlankSlate icon={<BackupIcon />} title={t.none} text={t.noneText} />}
      {backups.length > 0 && (
        <Lines label={t.title}>
          {backups.map((backup) => (
            <BackupLine key={backup.id} backup={backup} onAsk={(about) => setAsked({ about, backup })} />
          ))}
        </Lines>
      )}
      {asked?.about === 'restore' && <RestoreDialog backup={asked.backup} onClose={() => setAsked(null)} />}
      {asked?.about === 'remove' && <RemoveBackupDialog backup={asked.backup} onClose={() => setAsked(null)} />}
    </>
  );
}

function CreateButton() {
  const t = useMessages().backups;
  const client = useQueryClient();
  const toasts = useToasts();
  const create = useMutation({
    mutationFn: () => call(operations.backupsCreate, {}),
    onSuccess: () => toasts.success(t.started),
    onError: (error) => toasts.failure(error),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.jobs }),
  });
  return (
    <Button variant="contained" loading={create.isPending} onClick={() => create.mutate()}>
      {t.create}
    </Button>
  );
}
