import type Docker from 'dockerode';
import { z } from 'zod';
import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import { statusOf, unlessMissing } from '../docker/engine.ts';
import { engineName, LABELS, ownFilter, serviceLabel, type StackId } from '../docker/labels.ts';
import type { SwarmReferences } from './service-options.ts';
import { networkSchema, serviceSchema, type SwarmServiceInfo } from './wire.ts';

/** Services of the stack with what we call them. Nothing without our labels is even listed. */
export async function listServices(
  docker: Docker,
  id: StackId,
): Promise<readonly { readonly name: ServiceName; readonly info: SwarmServiceInfo }[]> {
  const listed = z.array(serviceSchema).parse(await docker.listServices({ filters: ownFilter(id, 'service'), status: true }));
  return listed.flatMap((info) => {
    const name = serviceLabel(info.Spec.Labels ?? {});
    return name === null ? [] : [{ name, info }];
  });
}

/** One service as it is now; null when there is none of ours. */
export async function findService(docker: Docker, id: StackId, service: ServiceName): Promise<SwarmServiceInfo | null> {
  const found: unknown = await unlessMissing(docker.getService(engineName(id, service)).inspect());
  if (found === null) return null;
  const info = serviceSchema.parse(found);
  const labels = info.Spec.Labels ?? {};
  const isOurs = labels[LABELS.project] === id.project && labels[LABELS.environment] === id.environment;
  if (isOurs) return info;
  throw new SupastorError('SJ_CONFLICT', `The swarm has a service ${info.Spec.Name} that is not of this stack`, {
    hint: `remove it, or set another project.name`,
  });
}

const ATTEMPTS = 10;
const OUT_OF_SEQUENCE = 500;

/** Changes a service from what it is at that moment; whoever was faster is not overwritten but seen. Resolves when the manager has it. */
export async function changeService(
  docker: Docker,
  id: StackId,
  service: ServiceName,
  change: (spec: SwarmServiceInfo['Spec']) => object,
): Promise<SwarmServiceInfo> {
  for (let attempt = 1; ; attempt++) {
    const info = await findService(docker, id, service);
    if (info === null)
      throw new SupastorError('SJ_SERVICE_UNKNOWN', `The swarm has no service ${service} of this stack`, { hint: 'supastor up' });
    try {
      await docker.getService(info.ID).update({ version: info.Version.Index, ...change(info.Spec) });
      return (await findService(docker, id, service)) ?? info;
    } catch (error) {
      const isStale = statusOf(error) === OUT_OF_SEQUENCE && error instanceof Error && error.message.includes('out of sequence');
      if (!isStale || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Networks of the stack by their short names. */
export async function listNetworks(docker: Docker, id: StackId) {
  const networks = z.array(networkSchema).parse(await docker.listNetworks({ filters: ownFilter(id, 'network') }));
  return networks.map(({ Id, Options, Labels }) => ({
    id: Id,
    name: Labels?.[LABELS.name] ?? '',
    encrypted: Options?.['encrypted'] !== undefined,
  }));
}

/** Ids of all that services of the stack may refer to. */
export async function findReferences(docker: Docker, id: StackId, files: SwarmReferences['files']): Promise<SwarmReferences> {
  return { networks: new Map((await listNetworks(docker, id)).map((network) => [network.name, network.id])), files };
}
