import type { ServiceName } from '@supastor/contract/wire/service-status';
import { hashContent } from '../containers/container-hash.ts';
import type { ContainerFile, ContainerSpec, ContainerStack, SwarmSettings } from '../containers/container-spec.ts';

/** A service as a swarm runs it: what each container is, how many there are and where. */
export interface SwarmService {
  readonly name: ServiceName;
  /** Its files carry a digest. */
  readonly container: ContainerSpec;
  /** Null: one on every node that the constraints allow. */
  readonly replicas: number | null;
  readonly constraints: readonly string[];
  readonly settings: Pick<SwarmSettings, 'spreadOver' | 'endpointMode' | 'publish' | 'parallelism' | 'monitorMs' | 'failureAction'>;
}

/** Every node answers for the stack; every manager has somebody who speaks to its engine. */
const EVERYWHERE: readonly ServiceName[] = ['edge', 'agent'];
/** The agent needs the engine of a manager, and admin-api the agent beside it. */
const ON_MANAGERS: readonly ServiceName[] = ['admin', 'agent'];

/** Turns the containers of a prepared stack into services of a swarm. */
export function buildSwarmServices(stack: ContainerStack, settings: SwarmSettings): readonly SwarmService[] {
  const { pinnedTo, stateful, spreadOver, endpointMode, publish, parallelism, monitorMs, failureAction } = settings;
  return stack.services.map((spec) => ({
    name: spec.name,
    container: { ...spec, files: spec.files.map((file) => ({ ...file, digest: fileDigest(stack, spec, file) })) },
    replicas: EVERYWHERE.includes(spec.name) ? null : spec.replicas,
    constraints: [
      ...settings.constraints,
      ...(ON_MANAGERS.includes(spec.name) ? ['node.role==manager'] : []),
      ...(pinnedTo !== null && stateful.includes(spec.name) ? [`node.id==${pinnedTo.id}`] : []),
    ],
    settings: { spreadOver, endpointMode, publish, parallelism, monitorMs, failureAction },
  }));
}

/** Stable hash of all that a swarm is told of a service, but for how many there are and what comes before it. Content is in it as digests. */
export function hashSwarmService({
  replicas,
  container: { replicas: _count, dependsOn: _order, files, ...container },
  ...service
}: SwarmService): string {
  const sealed = files.map(({ name, secret, digest }) => ({ name, secret, digest })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return hashContent({ ...service, isGlobal: replicas === null, container, files: sealed });
}

/** Names a file by its content and by whom it is for. */
function fileDigest({ project, environment }: ContainerStack, { name: service }: ContainerSpec, file: ContainerFile): string {
  return file.digest ?? hashContent({ project, environment, service, name: file.name, content: file.content }, 32);
}

/** The stack without the content of its secrets, which a digest stands for: what may be kept where everybody on a manager can read. */
export function sealStack(stack: ContainerStack): ContainerStack {
  const seal = (spec: ContainerSpec): ContainerSpec => ({
    ...spec,
    files: spec.files.map((file) => ({ ...file, content: file.secret ? '' : file.content, digest: fileDigest(stack, spec, file) })),
  });
  return { ...stack, services: stack.services.map(seal) };
}
