import type { Config } from '@supastor/contract/config/schema';
import { MAX_REPLICAS } from '@supastor/contract/config/containers';
import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import { type Scale, SCALABLE } from '@supastor/core/stack/containers/desired-containers';
import type { DeployRecord, Scaled } from '@supastor/contract/wire/deploy-record';

/** `storage=3` as it was typed. @throws SJ_USAGE */
export function parseScale(texts: readonly string[]): Scale {
  const scale: Record<string, number> = {};
  for (const text of texts) {
    const [name, count] = text.split('=');
    const service = SCALABLE.find((candidate) => candidate === name);
    if (service === undefined) {
      throw new SupastorError('SJ_USAGE', `"${text}": ${name} cannot be scaled`, { hint: `services that can: ${SCALABLE.join(', ')}` });
    }
    const replicas = Number(count);
    if (!Number.isInteger(replicas) || replicas < 1 || replicas > MAX_REPLICAS) {
      throw new SupastorError('SJ_USAGE', `"${text}": give a number from 1 to ${MAX_REPLICAS}`, { hint: `${service}=3` });
    }
    scale[service] = replicas;
  }
  return scale;
}

/** What counts: what is asked for now, else what was asked for since the configuration last changed its mind, else the configuration. */
export function effectiveScale(
  config: Config,
  asked: Scale,
  last: Pick<DeployRecord, 'scaled'> | null,
): { readonly scale: Scale; readonly scaled: readonly Scaled[] } {
  const scaled = SCALABLE.flatMap((service): readonly Scaled[] => {
    const configured = configuredReplicas(config, service);
    const before = last?.scaled.find((entry) => entry.service === service && entry.configured === configured);
    const replicas = asked[service] ?? before?.replicas;
    return replicas === undefined || replicas === configured ? [] : [{ service, replicas, configured }];
  });
  return { scale: Object.fromEntries(scaled.map(({ service, replicas }) => [service, replicas])), scaled };
}

/** The configuration with the replicas that were asked for. */
export function configureScale(config: Config, { storage = config.storage.replicas, meta = config.meta.replicas }: Scale): Config {
  return { ...config, storage: { ...config.storage, replicas: storage }, meta: { ...config.meta, replicas: meta } };
}

function configuredReplicas({ storage, meta }: Config, service: ServiceName): number {
  return service === 'storage' ? storage.replicas : meta.replicas;
}
