import { useQuery } from '@tanstack/react-query';
import { useMessages } from '../../../messages/locale-provider.tsx';
import type { Tone } from '../../../ui/status-dot.tsx';
import { changesQuery } from '../home-queries.ts';
import { Failure } from './figure.tsx';
import { RecentList, RouteLink } from './recent-list.tsx';

/** The newest entries of the audit trail. */
export function ChangesWidget() {
  const t = useMessages().home;
  const { data, error } = useQuery(changesQuery);
  if (error && !data) return <Failure error={error} />;
  const items = data?.map(({ id, at, operation, resource, identity, outcome }) => ({
    id,
    at,
    tone: toneOf(outcome),
    state: outcome ?? t.jobStates.running,
    title: operation,
    detail: [resource, identity?.email].filter(Boolean).join(' · '),
  }));
  return <RecentList items={items} none={t.noChanges} foot={<RouteLink to="/audit">{t.allChanges}</RouteLink>} />;
}

function toneOf(outcome: string | null): Tone {
  if (outcome === null) return 'info';
  return outcome === 'done' ? 'success' : 'warning';
}
