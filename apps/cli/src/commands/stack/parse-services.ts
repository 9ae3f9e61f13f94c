import { SupastorError } from '@supastor/contract/errors';
import { SERVICE_NAMES, type ServiceName } from '@supastor/contract/wire/service-status';

/** Service names as typed. @throws SJ_SERVICE_UNKNOWN */
export function parseServices(names: readonly string[]): readonly ServiceName[] {
  return names.map((name) => {
    const known = SERVICE_NAMES.find((candidate) => candidate === name);
    if (known) return known;
    throw new SupastorError('SJ_SERVICE_UNKNOWN', `There is no service "${name}"`, { hint: `services: ${SERVICE_NAMES.join(', ')}` });
  });
}
