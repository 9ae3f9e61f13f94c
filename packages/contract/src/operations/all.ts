import { bucketsCreate, bucketsDelete, bucketsEmpty, bucketsGet, bucketsList, bucketsUpdate } from './buckets.ts';
import type { OperationDefinition } from './define.ts';
import { objectsList, objectsMove, objectsRemove, objectsSign, objectsSignUpload } from './objects.ts';
import { servicesList, servicesLogs, servicesRestart, servicesStart, servicesStop } from './services.ts';
import { sessionGet, sessionLogin, sessionLogout } from './session.ts';
import { systemInfo } from './system.ts';

/** Every operation, in the order reference pages list them. Doors, permissions and docs are generated from it. */
export const OPERATIONS: readonly OperationDefinition[] = [
  sessionLogin,
  sessionGet,
  sessionLogout,
  systemInfo,
  servicesList,
  servicesStart,
  servicesStop,
  servicesRestart,
  servicesLogs,
  bucketsList,
  bucketsGet,
  bucketsCreate,
  bucketsUpdate,
  bucketsEmpty,
  bucketsDelete,
  objectsList,
  objectsSign,
  objectsSignUpload,
  objectsRemove,
  objectsMove,
];
