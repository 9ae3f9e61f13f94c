import type { PlanView } from '../plan-print.ts';
import type { ContainerPlan, ContainerStep } from './container-plan.ts';

/** What is shown of a plan: no files, no environment, so no secrets. */
export function viewContainerPlan(plan: ContainerPlan): PlanView {
  return {
    ...plan,
    steps: plan.steps.map((step) => ({
      id: step.id,
      kind: step.kind,
      service: 'service' in step ? step.service : null,
      summary: summarize(step),
      destructive: step.kind === 'remove-volumes',
      after: step.after,
    })),
  };
}

function summarize(step: ContainerStep): string {
  switch (step.kind) {
    case 'pull-image':
      return `image ${step.image}`;
    case 'create-network':
      return `network ${step.network.name}`;
    case 'create-volume':
      return `volume ${step.volume}`;
    case 'write-files':
      return `files of ${step.spec.name}`;
    case 'start-replica':
      return `${step.service}.${step.replica} from ${step.spec.image} (${step.reason})`;
    case 'remove-replica':
      return `${step.service}.${step.replica} (${step.reason})`;
    case 'create-service':
    case 'update-service':
      return `${step.service} from ${step.spec.container.image} (${step.reason})`;
    case 'scale-service':
      return `${step.service} from ${step.from} to ${step.replicas}`;
    case 'remove-service':
      return `${step.service} (${step.reason})`;
    case 'write-secrets':
      return `files of ${step.service} (${step.files.length})`;
    case 'remove-networks':
      return `networks ${step.networks.join(', ')}`;
    case 'remove-files':
      return `files of earlier versions (${step.volumes.length})`;
    default:
      return `all data: ${step.volumes.join(', ')}`;
  }
}
