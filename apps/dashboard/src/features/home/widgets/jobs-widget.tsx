import type { Job } from '@supastor/contract/operations/jobs';
import { useQuery } from '@tanstack/react-query';
import { formatNumber } from '../../../format/locale.ts';
import { useMessages } from '../../../messages/locale-provider.tsx';
import type { Tone } from '../../../ui/status-dot.tsx';
import { recentJobsQuery } from '../home-queries.ts';
import { Failure } from './figure.tsx';
import { RecentList, RouteLink } from './recent-list.tsx';

const TONES: Readonly<Record<Job['state'], Tone>> = {
  queued: 'info',
  running: 'info',
  done: 'success',
  failed: 'error',
  cancelled: 'warning',
};

/** Long-running work. */
export function JobsWidget() {
  const t = useMessages().home;
  const { data, error } = useQuery(recentJobsQuery);
  if (error && !data) return <Failure error={error} />;
  const items = data?.jobs.map(({ id, title, state, done, total, createdAt }) => ({
    id,
    at: createdAt,
    tone: TONES[state],
    state: t.jobStates[state],
    title,
    detail: total === null ? formatNumber(done) : `${formatNumber(done)} / ${formatNumber(total)}`,
  }));
  return <RecentList items={items} none={t.noJobs} foot={<RouteLink to="/jobs">{t.allJobs}</RouteLink>} />;
}
