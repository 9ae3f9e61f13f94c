import MaintenanceIcon from '@mui/icons-material/HealthAndSafetyOutlined';
import Button from '@mui/material/Button';
import type { MaintenanceRun } from '@supastor/contract/wire/maintenance';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Line, QueryLines, Section } from '../../ui/section.tsx';
import { StatusDot, type Tone } from '../../ui/status-dot.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { runsQuery } from './maintenance-queries.ts';

const TONES: Readonly<Record<MaintenanceRun['state'], Tone>> = {
  waiting: 'info',
  running: 'info',
  done: 'success',
  failed: 'error',
  cancelled: 'warning',
};

/** Scans, scrubs and imports with what they found. */
export function RunsSection() {
  const t = useMessages().maintenance;
  const runs = useQuery(runsQuery);
  return (
    <Section title={t.runs}>
      <QueryLines label={t.runs} query={runs} none={<EmptyState icon={<MaintenanceIcon />} title={t.noRuns} text={t.noRunsText} />}>
        {(run) => <RunLine key={run.id} run={run} />}
      </QueryLines>
    </Section>
  );
}

function RunLine({ run }: { readonly run: MaintenanceRun }) {
  const t = useMessages().maintenance;
  const client = useQueryClient();
  const toasts = useToasts();
  const isOpen = run.state === 'waiting' || run.state === 'running';
  const cancel = useMutation({
    mutationFn: () => call(operations.maintenanceCancel, { id: run.id }),
    onError: (error) => toasts.failure(error),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.maintenance }),
  });
  const counts = Object.entries(run.counts).map(([name, count]) => `${inWords(name)} ${formatNumber(count)}`);
  return (
    <Line
      label={t.kinds[run.kind]}
      title={
        <>
          {t.kinds[run.kind]}
          <StatusDot tone={TONES[run.state]} pulse={isOpen} />
          <span style={{ fontWeight: 400 }}>{t.states[run.state]}</span>
        </>
      }
      detail={
        <>
          <RelativeTime at={run.createdAt} /> {t.by(run.requestedBy)}
        </>
      }
      facts={<span className="num">{run.error ?? (counts.length === 0 ? '–' : counts.join(' · '))}</span>}
      action={
        isOpen && (
          <Button
            size="small"
            color="inherit"
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
            aria-label={t.stop(t.kinds[run.kind])}
          >
            {t.cancel}
          </Button>
        )
      }
    />
  );
}

/** `versionsSeen` as people read it. */
function inWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
