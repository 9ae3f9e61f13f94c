import { type ServiceName, serviceNameSchema } from '@supastor/contract/wire/service-status';

/** What tells ours from everything else on an engine. Values are names and hashes, never secrets. */
export const LABELS = {
  project: 'io.supastor.project',
  environment: 'io.supastor.environment',
  /** replica, network, volume, files, state, lock, writer; in a swarm service and task */
  kind: 'io.supastor.kind',
  /** Short name of a network or volume. */
  name: 'io.supastor.name',
  service: 'io.supastor.service',
  replica: 'io.supastor.replica',
  specHash: 'io.supastor.spec-hash',
  /** Published ports as JSON, by listener name. */
  ports: 'io.supastor.ports',
} as const;

export interface StackId {
  readonly project: string;
  readonly environment: string;
}

export type ResourceKind = 'replica' | 'network' | 'volume' | 'files' | 'state' | 'lock' | 'writer' | 'service' | 'task';

/** Labels of something that belongs to the stack. */
export function ownLabels({ project, environment }: StackId, kind: ResourceKind, name: string): Record<string, string> {
  return { [LABELS.project]: project, [LABELS.environment]: environment, [LABELS.kind]: kind, [LABELS.name]: name };
}

/** Filter that only lets through what belongs to the stack. */
export function ownFilter({ project, environment }: StackId, kind?: ResourceKind): { readonly label: string[] } {
  const wanted = { [LABELS.project]: project, [LABELS.environment]: environment, ...(kind === undefined ? {} : { [LABELS.kind]: kind }) };
  return { label: Object.entries(wanted).map(([label, value]) => `${label}=${value}`) };
}

/** The engine's name of a thing of the stack. */
export function engineName({ project, environment }: StackId, name: string): string {
  return `${project}-${environment}-${name}`;
}

/** Which service a container belongs to; null when that is none we know. */
export function serviceLabel(labels: Readonly<Record<string, string>>): ServiceName | null {
  return serviceNameSchema.safeParse(labels[LABELS.service]).data ?? null;
}
