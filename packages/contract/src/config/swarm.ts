import { z } from 'zod';
import { field, flag, integer, list, text } from './field.ts';

/** What only the target `swarm` looks at. */
export const swarmSchema = z.strictObject({
  stateNode: field(text().optional(), {
    description:
      'Name or id of the node that keeps volumes: those of Postgres and of the file backend. Needed where there are several nodes and such a volume.',
    env: ['SUPASTOR_SWARM_STATE_NODE'],
  }),
  constraints: field(list().default([]), {
    description: 'Where services may run, as in `node.labels.tier==storage`; all of them hold for each service.',
    env: ['SUPASTOR_SWARM_CONSTRAINTS'],
  }),
  spreadOver: field(text().optional(), {
    description: 'Label over whose values replicas are spread, as in `node.labels.zone`. Default: over nodes.',
    env: ['SUPASTOR_SWARM_SPREAD_OVER'],
  }),
  endpointMode: field(z.enum(['dnsrr', 'vip']).default('dnsrr'), {
    description: 'How services find one another. `vip` needs IPVS in the kernel of every node.',
    env: ['SUPASTOR_SWARM_ENDPOINT_MODE'],
  }),
  publish: field(z.enum(['host', 'ingress']).default('host'), {
    description:
      '`host`: each node passes its port to the edge it runs. `ingress`: through the mesh of the swarm; needs `endpointMode: vip`.',
    env: ['SUPASTOR_SWARM_PUBLISH'],
  }),
  encrypted: field(flag().default(false), {
    description: 'Encrypt what services say to one another between nodes (IPsec). Takes effect when the networks are made.',
    env: ['SUPASTOR_SWARM_ENCRYPTED'],
  }),
  parallelism: field(integer(1, 20).default(1), {
    description: 'Replicas of a service that an update replaces at a time.',
    env: ['SUPASTOR_SWARM_PARALLELISM'],
  }),
  monitorSeconds: field(integer(1, 3600).default(5), {
    description: 'How long a new replica is watched before an update goes on; one that fails within it fails the update.',
    unit: 'seconds',
    env: ['SUPASTOR_SWARM_MONITOR_SECONDS'],
  }),
  failureAction: field(z.enum(['rollback', 'pause']).default('rollback'), {
    description: 'What the swarm does by itself with an update that fails.',
    env: ['SUPASTOR_SWARM_FAILURE_ACTION'],
  }),
});
