import AlertsIcon from '@mui/icons-material/NotificationsNoneOutlined';
import { useQuery } from '@tanstack/react-query';
import { heldPermissionsQuery } from '../../api/held-permissions-query.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { BlankSlate } from '../../ui/blank-slate.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { LinesSkeleton, Section } from '../../ui/section.tsx';
import { AlertLines } from './alert-lines.tsx';
import { alertRulesQuery, openAlertsQuery, resolvedAlertsQuery } from './alert-queries.ts';
import { Channels, TestButton } from './channels.tsx';
import { RulesSection } from './rules-section.tsx';
import { SilencesSection } from './silences-section.tsx';

/** What is wrong, what is silenced, what is watched. */
export function AlertsPage() {
  const t = useMessages().monitoring.alerts;
  const open = useQuery(openAlertsQuery);
  const rules = useQuery(alertRulesQuery);
  const mayTest = useQuery(heldPermissionsQuery).data?.includes('alerts:write') === true;
  return (
    <>
      <PageHeader title={t.title} text={t.text}>
        {mayTest && open.data && open.data.channels.length > 0 && <TestButton />}
      </PageHeader>
      {open.data && <Channels channels={open.data.channels} />}
      <Section title={t.active}>
        {open.error && !open.data && <ErrorNotice error={open.error} onRetry={() => void open.refetch()} />}
        {open.isPending && <LinesSkeleton />}
        {open.data?.alerts.length === 0 && (
          <BlankSlate icon={<AlertsIcon />} title={t.none} text={t.noneText(rules.data?.rules.length ?? 0)} />
        )}
        {open.data && open.data.alerts.length > 0 && <AlertLines label={t.active} alerts={open.data.alerts} />}
      </Section>
      <SilencesSection />
      <Recent />
      <RulesSection />
    </>
  );
}

function Recent() {
  const t = useMessages().monitoring.alerts;
  const { data } = useQuery(resolvedAlertsQuery);
  if (!data || data.alerts.length === 0) return null;
  return (
    <Section title={t.recent}>
      <AlertLines label={t.recent} alerts={data.alerts} />
    </Section>
  );
}
