import { getRouteApi } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { Messages } from '../../messages/messages.ts';
import { useMessages } from '../../messages/locale-provider.tsx';
import { ErrorNotice } from '../../ui/error-notice.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { LogPanel } from './log-panel.tsx';
import { SERVICE_ORDER, toServiceName } from './service-state.ts';
import { ServicesSkeleton, ServiceTable } from './service-table.tsx';
import { servicesQuery } from './services-query.ts';

const route = getRouteApi('/signed-in/services');

/** The processes of the stack: how they are, what they say, and the switches. */
export function ServicesPage() {
  const t = useMessages().services;
  const services = useQuery(servicesQuery);
  const { service: wanted, request } = route.useSearch();
  const chosen = toServiceName(wanted);
  const navigate = route.useNavigate();
  const choose = (service: ServiceName | null) => void navigate({ search: service === null ? {} : { service }, replace: true });
  // A request is followed over all services; going back shows what was seen before.
  const trace = (id: string | null) => void navigate({ search: id === null ? {} : { request: id } });
  const sorted = services.data?.services.toSorted((a, b) => SERVICE_ORDER.indexOf(a.name) - SERVICE_ORDER.indexOf(b.name));
  return (
    <>
      <PageHeader
        title={t.title}
        text={
          sorted &&
          summaryOf(
            t,
            sorted.map((service) => service.state),
          )
        }
      />
      {services.error && !sorted && <ErrorNotice error={services.error} onRetry={() => void services.refetch()} />}
      {services.isPending && <ServicesSkeleton />}
      {sorted && <ServiceTable services={sorted} onLogs={choose} />}
      {(sorted || services.isPending) && <LogPanel service={chosen} onService={choose} request={request ?? null} onRequest={trace} />}
    </>
  );
}

function summaryOf(t: Messages['services'], states: readonly string[]): string {
  const healthy = states.filter((state) => state === 'healthy').length;
  return healthy === states.length ? t.allHealthy : t.someHealthy(healthy, states.length);
}
