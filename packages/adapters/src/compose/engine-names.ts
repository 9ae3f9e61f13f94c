import { createHmac } from 'node:crypto';
import type { EngineNames } from '@supastor/core/compose/export-compose';
import { hashContainer } from '@supastor/core/stack/containers/container-hash';
import { databaseSetupSql } from '../targets/docker/database-setup.ts';
import { engineName, LABELS, ownLabels, type StackId } from '../targets/docker/labels.ts';

/** What the engine target would call the things of a stack. */
export function engineNames(id: StackId): EngineNames {
  return {
    prefix: `${id.project}-${id.environment}`,
    volumeName: (volume) => engineName(id, volume),
    volumeLabels: (volume) => ownLabels(id, 'volume', volume),
    serviceLabels: (spec, environment) => ({
      ...ownLabels({ project: id.project, environment }, 'replica', spec.name),
      [LABELS.service]: spec.name,
      [LABELS.replica]: '1',
      [LABELS.specHash]: hashContainer(spec),
      [LABELS.ports]: JSON.stringify(Object.fromEntries(spec.published.map(({ name, port }) => [name, port]))),
    }),
    databaseSetupSql: (spec) => databaseSetupSql(spec, saltOf),
  };
}

/** The same for the same password, so that a second export writes the same file. */
function saltOf(password: string): Buffer {
  return createHmac('sha256', password).update('supastor compose').digest().subarray(0, 16);
}
