import { SupastorError } from '@supastor/contract/errors';
import type { ContainerStack, SwarmSettings } from '../containers/container-spec.ts';
import type { SwarmNode } from './observed-swarm.ts';

type Pin = SwarmSettings['pinnedTo'];

/**
 * Settles which node keeps the volumes of a stack: the configured one, else where they are already, else the only node. A volume does
 * not follow its service, so a stack never moves to another node by itself.
 * @throws SJ_CONFIG_INVALID when nobody said which of several nodes, or another one than where the data is
 */
export function pinState(stack: ContainerStack, settings: SwarmSettings, nodes: readonly SwarmNode[], before: Pin): Pin {
  if (settings.pinnedTo !== null) return settings.pinnedTo;
  if (settings.stateful.length === 0) return null;
  const { stateNode } = settings;
  const wanted = stateNode === null ? null : findNode(nodes, stateNode);
  if (before !== null && wanted !== null && wanted.id !== before.id) {
    throw new SupastorError(
      'SJ_CONFIG_INVALID',
      `containers.swarm.stateNode is ${wanted.name}, but the volumes of this stack are on ${before.name}`,
      {
        hint: `set containers.swarm.stateNode: ${before.name}, or move the data and run \`supastor down --volumes\` first`,
      },
    );
  }
  if (before !== null) return before;
  if (wanted !== null) return { id: wanted.id, name: wanted.name };
  const [only] = nodes;
  if (only !== undefined && nodes.length === 1) return { id: only.id, name: only.name };
  throw new SupastorError('SJ_CONFIG_INVALID', `${describeState(stack, settings)}, and the swarm has ${nodes.length} nodes`, {
    hint: `set containers.swarm.stateNode to one of ${nodes.map(({ name }) => name).join(', ')}${withoutVolumes(settings)}`,
    meta: { stateful: settings.stateful },
  });
}

function findNode(nodes: readonly SwarmNode[], wanted: string): SwarmNode {
  const found = nodes.filter(({ id, name }) => id === wanted || name === wanted);
  const [node] = found;
  if (node !== undefined && found.length === 1) return node;
  const problem = found.length > 1 ? `names ${found.length} nodes` : 'names no node of the swarm';
  throw new SupastorError('SJ_CONFIG_INVALID', `containers.swarm.stateNode: "${wanted}" ${problem}`, {
    hint: `nodes: ${nodes.map(({ id, name }) => `${name} (${id})`).join(', ')}`,
  });
}

function describeState({ services }: ContainerStack, { stateful }: SwarmSettings): string {
  const replicas = services.find(({ name }) => name === 'storage')?.replicas ?? 0;
  if (stateful.includes('storage') && replicas > 1)
    return `storage has ${replicas} replicas and keeps its bytes in a volume, which replicas on several nodes do not share`;
  return `${stateful.join(' and ')} keep data in volumes of a node`;
}

function withoutVolumes({ stateful }: SwarmSettings): string {
  return stateful.includes('storage') ? ', or set storage.backend: s3 so that storage can run on all of them' : '';
}
