import CloseIcon from '@mui/icons-material/CloseOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import type { Job } from '@supastor/contract/operations/jobs';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';
import { formatNumber } from '../../../format/locale.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import type { Messages } from '../../../messages/messages.ts';
import { StatusDot, type Tone } from '../../../ui/status-dot.tsx';
import { useToasts } from '../../../ui/toast.tsx';
import { dismissJob, followJob, isOver, jobQuery, type StartedJob, startedJobsQuery } from './started-jobs.ts';

const TONES: Readonly<Record<Job['state'], Tone>> = {
  queued: 'info',
  running: 'info',
  done: 'success',
  failed: 'error',
  cancelled: 'warning',
};

/** The jobs that were started in this bucket: how far they are, stop, undo. */
export function JobStrip({ bucket }: { readonly bucket: string }) {
  const t = useMessages().transfer;
  const started = useQuery(startedJobsQuery(bucket)).data;
  if (started.length === 0) return null;
  return (
    <Paper
      component="ul"
      variant="outlined"
      aria-label={t.jobs}
      sx={{ m: 0, mb: 4, p: 0, listStyle: 'none', borderRadius: 1.5, '& > li + li': { borderTop: 1, borderColor: 'divider' } }}
    >
      {started.map((each) => (
        <StartedLine key={each.id} bucket={bucket} started={each} />
      ))}
    </Paper>
  );
}

function StartedLine({ bucket, started }: { readonly bucket: string; readonly started: StartedJob }) {
  const t = useMessages().transfer;
  const client = useQueryClient();
  const { data: job } = useQuery(jobQuery(started.id));
  const over = job !== undefined && isOver(job);
  useEffect(() => {
    if (over) void client.invalidateQueries({ queryKey: keys.objects(bucket) });
  }, [over, client, bucket]);
  if (job === undefined) return null;
  return (
    <Box component="li" aria-label={job.title} sx={{ px: 4, py: 2, display: 'grid', gap: 1 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, flexWrap: 'wrap', minHeight: 32 }}>
        <Typography variant="body2" sx={{ fontWeight: 550, flex: '1 1 200px', overflowWrap: 'anywhere' }}>
          {job.title}
        </Typography>
        <Typography variant="caption" role="status" className="num" color="textSecondary">
          <StatusDot tone={TONES[job.state]} pulse={!over} /> {job.isCancelling && !over ? t.stopping : t.states[job.state]} ·{' '}
          {progressText(t, job)}
          {job.error && ` · ${job.error.message}`}
        </Typography>
        <LineActions bucket={bucket} started={started} job={job} />
      </Box>
      {!over && (
        <LinearProgress
          variant={job.total ? 'determinate' : 'indeterminate'}
          value={job.total ? Math.min(100, (job.done / job.total) * 100) : 0}
          aria-label={t.progressOf(job.title)}
        />
      )}
      {over && started.undo === null && started.undoHint !== '' && job.done > 0 && (
        <Typography variant="caption" color="textSecondary">
          {t.noUndo(started.undoHint)}
        </Typography>
      )}
    </Box>
  );
}

function LineActions({ bucket, started, job }: { readonly bucket: string; readonly started: StartedJob; readonly job: Job }) {
  const t = useMessages().transfer;
  const client = useQueryClient();
  const toasts = useToasts();
  const onError = (error: unknown) => toasts.failure(error);
  const stop = useMutation({ mutationFn: () => call(operations.jobsCancel, { id: job.id }), onError });
  const undo = useMutation({
    mutationFn: async (begin: () => Promise<Job>) => begin(),
    onSuccess: ({ id }) => {
      dismissJob(client, bucket, started.id);
      followJob(client, bucket, { id, undo: null, undoHint: '' });
    },
    onError,
  });
  if (!isOver(job)) {
    return (
      <Button size="small" color="inherit" disabled={job.isCancelling} loading={stop.isPending} onClick={() => stop.mutate()}>
        {t.stop}
      </Button>
    );
  }
  const { undo: begin } = started;
  return (
    <Box sx={{ display: 'flex', gap: 1 }}>
      {begin !== null && job.done > 0 && (
        <Button size="small" loading={undo.isPending} onClick={() => undo.mutate(begin)}>
          {t.undo}
        </Button>
      )}
      <IconButton size="small" aria-label={t.dismiss(job.title)} onClick={() => dismissJob(client, bucket, started.id)}>
        <CloseIcon fontSize="small" />
      </IconButton>
    </Box>
  );
}

function progressText(t: Messages['transfer'], { done, total }: Job): string {
  return total === null ? t.objects(formatNumber(done)) : t.objectsOf(formatNumber(done), formatNumber(total));
}
