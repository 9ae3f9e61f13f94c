import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { ContainerFile, ContainerNetwork } from '../containers/container-spec.ts';
import type { StepBase } from '../plan.ts';
import type { SwarmService } from './swarm-service.ts';

/** What is done to a swarm; names of files are those of its secrets and configs. */
export type SwarmStep = StepBase &
  (
    | { readonly kind: 'create-network'; readonly network: ContainerNetwork; readonly encrypted?: boolean }
    | { readonly kind: 'write-secrets'; readonly service: ServiceName; readonly files: readonly ContainerFile[] }
    /** Creates a service and waits until every task of it is healthy; one that does not get there is removed again. */
    | { readonly kind: 'create-service'; readonly service: ServiceName; readonly spec: SwarmService; readonly reason: string }
    /** Hands the swarm a new version and waits until it has replaced every task, or has gone back. */
    | { readonly kind: 'update-service'; readonly service: ServiceName; readonly spec: SwarmService; readonly reason: string }
    | {
        readonly kind: 'scale-service';
        readonly service: ServiceName;
        readonly spec: SwarmService;
        readonly from: number;
        readonly replicas: number;
      }
    | { readonly kind: 'remove-service'; readonly service: ServiceName; readonly reason: string }
    | { readonly kind: 'remove-networks'; readonly networks: readonly string[] }
    | { readonly kind: 'remove-files'; readonly volumes: readonly string[] }
    | { readonly kind: 'remove-volumes'; readonly volumes: readonly string[] }
  );
