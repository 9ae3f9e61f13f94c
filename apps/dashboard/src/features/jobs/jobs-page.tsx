import JobsIcon from '@mui/icons-material/PlaylistPlayOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import type { Job } from '@supastor/contract/operations/jobs';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { BlankSlate } from '../../ui/blank-slate.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { Section } from '../../ui/section.tsx';
import { StatusDot, type Tone } from '../../ui/status-dot.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { jobsQuery } from '../../api/jobs-query.ts';
import { SchedulesSection } from './schedules-section.tsx';

/** Long-running work: how far it is, and what can be done about it. */
export function JobsPage() {
  const t = useMessages().jobs;
  const jobs = useQuery(jobsQuery);
  const all = jobs.data?.jobs ?? [];
  return (
    <>
      <PageHeader title={t.jobs} text={t.jobsText} />
      <SchedulesSection />
      <Section title={t.jobs}>
        {jobs.error && !jobs.data && <ErrorNotice error={jobs.error} onRetry={() => void jobs.refetch()} />}
        {jobs.isPending && <Skeleton variant="rounded" height={160} />}
        {jobs.data && all.length === 0 && <BlankSlate icon={<JobsIcon />} title={t.none} text={t.noneText} />}
        {all.length > 0 && (
          <Paper
            component="ul"
            variant="outlined"
            aria-label={t.jobs}
            sx={{ m: 0, p: 0, listStyle: 'none', borderRadius: 1.5, '& > li + li': { borderTop: 1, borderColor: 'divider' } }}
          >
            {all.map((job) => (
              <JobLine key={job.id} job={job} />
            ))}
          </Paper>
        )}
      </Section>
    </>
  );
}

const TONES: Readonly<Record<Job['state'], Tone>> = {
  queued: 'info',
  running: 'info',
  done: 'success',
  failed: 'error',
  cancelled: 'warning',
};
function JobLine({ job }: { readonly job: Job }) {
  const t = useMessages().jobs;
  const isOpen = job.state === 'queued' || job.state === 'running';
  return (
    <Box component="li" aria-label={job.title} sx={{ px: 5, py: 3, display: 'grid', gap: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, flexWrap: 'wrap' }}>
        <Typography sx={{ fontSize: 13, fontWeight: 550, flex: '1 1 240px', overflowWrap: 'anywhere' }}>{job.title}</Typography>
        <Typography variant="caption" component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
          <StatusDot tone={TONES[job.state]} pulse={isOpen} />
          {job.isCancelling ? t.stopping : t.states[job.state]}
        </Typography>
        <Box sx={{ display: 'flex', gap: 1, ml: 'auto' }}>
          <JobActions job={job} />
        </Box>
      </Box>
      {isOpen && (
        <LinearProgress
          variant={job.total ? 'determinate' : 'indeterminate'}
          value={job.total ? Math.min(100, (job.done / job.total) * 100) : 0}
          aria-label={t.progressOf(job.title)}
        />
      )}
      <Typography variant="caption" component="div" color="textSecondary" className="num">
        {formatNumber(job.done)}
        {job.total !== null && t.of(formatNumber(job.total))} {t.objects}
        {job.message !== null && ` · ${job.message}`} · {job.by} · <RelativeTime at={job.createdAt} />
        {job.error && ` · ${job.error.message}`}
      </Typography>
    </Box>
  );
}

function JobActions({ job }: { readonly job: Job }) {
  const t = useMessages().jobs;
  const client = useQueryClient();
  const toasts = useToasts();
  const act = useMutation({
    mutationFn: async (verb: 'cancel' | 'retry' | 'remove'): Promise<unknown> => {
      if (verb === 'cancel') return call(operations.jobsCancel, { id: job.id });
      return verb === 'retry' ? call(operations.jobsRetry, { id: job.id }) : call(operations.jobsRemove, { id: job.id });
    },
    onError: (error) => toasts.failure(error),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.jobs }),
  });
  const button = (verb: 'cancel' | 'retry' | 'remove', label: string) => (
    <Button size="small" color="inherit" disabled={act.isPending} onClick={() => act.mutate(verb)} aria-label={`${label} ${job.title}`}>
      {label}
    </Button>
  );
  if (job.state === 'queued' || job.state === 'running') return job.isCancelling ? null : button('cancel', t.cancel);
  return (
    <>
      {job.state !== 'done' && button('retry', t.tryAgain)}
      {button('remove', t.remove)}
    </>
  );
}
