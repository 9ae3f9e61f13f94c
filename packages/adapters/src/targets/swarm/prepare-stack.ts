import { createHmac } from 'node:crypto';
import { SupastorError } from '@supastor/contract/errors';
import type { DeployRecord } from '@supastor/contract/wire/deploy-record';
import {
  type ContainerFile,
  type ContainerSpec,
  type ContainerStack,
  FILES_DIR,
  type SwarmSettings,
} from '@supastor/core/stack/containers/container-spec';
import type { SwarmNode } from '@supastor/core/stack/swarm/observed-swarm';
import { pinState } from '@supastor/core/stack/swarm/pin-state';
import { databaseSetupSql } from '../docker/database-setup.ts';

const SETUP_FILE = 'setup.sql';

/** Settles where the state of a stack is, and has Postgres set itself up. What was prepared before stays as it is. @throws SJ_CONFIG_INVALID */
export function prepareSwarmStack(stack: ContainerStack, history: readonly DeployRecord[], nodes: readonly SwarmNode[]): ContainerStack {
  const settings = settingsOf(stack);
  const before = history.findLast((record) => record.stack.swarm?.pinnedTo != null)?.stack.swarm?.pinnedTo ?? null;
  const services = stack.services.map((spec) => (spec.name === 'postgres' ? withSetup(stack, spec) : spec));
  return { ...stack, services, swarm: { ...settings, pinnedTo: pinState(stack, settings, nodes, before) } };
}

/** What a stack says of the swarm it is for. */
export function settingsOf({ swarm }: ContainerStack): SwarmSettings {
  if (swarm !== undefined) return swarm;
  throw new SupastorError('SJ_CONFLICT', 'This deploy was not made for a swarm', { hint: 'supastor deploys' });
}

/**
 * Nobody can run a command in a container of another node through a manager. So the health check of Postgres brings roles, passwords
 * and the database to what is wanted before it calls it healthy, once for each container, over the socket that trusts its own users.
 */
function withSetup({ project, environment }: ContainerStack, spec: ContainerSpec): ContainerSpec {
  if (spec.health === null || spec.files.some(({ name }) => name === SETUP_FILE)) return spec;
  // The same password must give the same file, or every deploy would be a change.
  const saltOf = (password: string) => createHmac('sha256', password).update(`${project}/${environment}`).digest().subarray(0, 16);
  const content = databaseSetupSql(spec, saltOf);
  const setup: ContainerFile = { name: SETUP_FILE, content, secret: true };
  const user = spec.environment['POSTGRES_USER'] ?? 'postgres';
  const mark = '/tmp/.set-up';
  const script = `"$@" || exit 1; [ -e ${mark} ] || { psql -X -q -v ON_ERROR_STOP=1 -U "$0" -d postgres -f ${FILES_DIR}/${SETUP_FILE} && touch ${mark}; }`;
  return {
    ...spec,
    files: [...spec.files, setup],
    health: { ...spec.health, command: ['sh', '-c', script, user, ...spec.health.command] },
  };
}
