import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import type { Job } from '@supastor/contract/operations/jobs';
import { formatNumber } from '../../format/locale.ts';
import { useMessages } from '../../messages/locale-provider.tsx';

/** Backups and checks of backups that are under way. */
export function RunningBackups({ jobs }: { readonly jobs: readonly Job[] }) {
  const t = useMessages().backups;
  return (
    <Box role="status" aria-label={t.running}>
      {jobs.map((job) => (
        <Paper key={job.id} variant="outlined" sx={{ px: 5, py: 3, mb: 4, borderRadius: 1.5, display: 'grid', gap: 2 }}>
          <Typography sx={{ fontSize: 13, fontWeight: 550 }}>{job.title}</Typography>
          <LinearProgress
            variant={job.total ? 'determinate' : 'indeterminate'}
            value={job.total ? Math.min(100, (job.done / job.total) * 100) : 0}
            aria-label={t.progressOf(job.title)}
          />
          <Typography variant="caption" color="textSecondary" className="num">
            {job.message ?? t.checked(formatNumber(job.done))}
          </Typography>
        </Paper>
      ))}
    </Box>
  );
}
