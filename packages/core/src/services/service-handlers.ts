import { SupastorError } from '@supastor/contract/errors';
import { servicesList, servicesLogs, servicesRestart, servicesStart, servicesStop } from '@supastor/contract/operations/services';
import type { LogRecord } from '@supastor/contract/wire/log-record';
import type { ServiceName, ServiceStatus } from '@supastor/contract/wire/service-status';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import type { LogQuery, StackControl } from '../stack/stack-control.port.ts';

/** The service this code runs in; acting on it cuts off the answer, so that happens afterwards. */
const OWN_SERVICE: ServiceName = 'admin';

type Context = OperationContext<{ readonly control: StackControl }>;

export const serviceHandlers = {
  'services.list': implement(servicesList, async (_, { deps, signal }: Context) => ({
    services: [...(await deps.control.status(signal))],
  })),

  'services.start': implement(servicesStart, ({ service }, context: Context) => act(service, 'start', context)),
  'services.stop': implement(servicesStop, ({ service }, context: Context) => act(service, 'stop', context)),
  'services.restart': implement(servicesRestart, ({ service }, context: Context) => act(service, 'restart', context)),

  'services.logs': implement(servicesLogs, async ({ service, level, since, tail }, { deps, signal }: Context) => {
    const query: LogQuery = { services: [service], tail, follow: false, ...(level && { level }), ...(since && { since }) };
    const records: LogRecord[] = [];
    for await (const record of deps.control.logs(query, signal)) records.push(record);
    return { records: records.slice(-tail) };
  }),
};

async function act(service: ServiceName, action: 'start' | 'stop' | 'restart', context: Context): Promise<ServiceStatus> {
  const { control } = context.deps;
  if (service !== OWN_SERVICE || action === 'start') return control.act(service, action, context.signal);
  const own = (await control.status(context.signal)).find(({ name }) => name === OWN_SERVICE);
  if (!own) throw new SupastorError('SJ_SERVICE_UNKNOWN', 'The supervisor does not know the service admin.');
  context.afterAnswer(async () => void (await control.act(service, action)));
  return { ...own, state: 'stopping', detail: `${action} requested` };
}
