import { accessExplain } from './access.ts';
import {
  accountChangePassword,
  accountForgotPassword,
  accountInspectLink,
  accountRedeemLink,
  accountRevokeOtherSessions,
  accountRevokeSession,
  accountSessions,
} from './account.ts';
import { alertsAcknowledge, alertsList, alertsRules, alertsSilence, alertsSilences, alertsTest, alertsUnsilence } from './alerts.ts';
import { apiKeysCreate, apiKeysList, apiKeysRevoke, apiKeysRotate } from './api-keys.ts';
import { auditExport, auditList, auditPrune, auditVerify } from './audit.ts';
import { bucketsCreate, bucketsDelete, bucketsEmpty, bucketsGet, bucketsList, bucketsUpdate } from './buckets.ts';
import { objectsSearch, usageGet } from './catalogue.ts';
import { databaseGrants, databaseRoles, databaseSchemas, databaseTables } from './database.ts';
import type { AnySchema, OperationArguments, OperationDefinition, OperationInput, OperationOutput } from './define.ts';
import { jobsCancel, jobsGet, jobsList, jobsRemove, jobsRetry } from './jobs.ts';
import { schedulesCreate, schedulesList, schedulesRemove, schedulesRun, schedulesUpdate } from './schedules.ts';
import {
  objectsCopyFolder,
  objectsList,
  objectsMove,
  objectsMoveFolder,
  objectsRemove,
  objectsRemoveFolder,
  objectsSign,
  objectsSignUpload,
} from './objects.ts';
import {
  accountAddPasskey,
  accountPasskeyOptions,
  accountPasskeys,
  accountRemovePasskey,
  accountRenamePasskey,
  sessionMethods,
  sessionPasskey,
  sessionPasskeyOptions,
} from './passkeys.ts';
import {
  policiesCreate,
  policiesDelete,
  policiesHistory,
  policiesList,
  policiesPatterns,
  policiesPlan,
  policiesRender,
  policiesRollback,
  policiesSimulate,
  policiesUpdate,
  policiesWhoCan,
} from './policies.ts';
import {
  objectsCopy,
  objectsDeleted,
  objectsDescribe,
  objectsInfo,
  objectsPurge,
  objectsRestore,
  objectsRestoreFolder,
  objectsSignFolder,
  objectsSignOne,
  objectsVersions,
} from './object-details.ts';
import { linksList, linksRevoke } from './links.ts';
import { metricsOverview, metricsQuery } from './metrics.ts';
import { accountPreferences, accountSavePreferences } from './preferences.ts';
import { quotasList, quotasRemove, quotasSet } from './quotas.ts';
import { settingsCheck, settingsGet, settingsList, settingsSet, settingsUnset } from './settings.ts';
import { backupsCreate, backupsGet, backupsList, backupsPrune, backupsRemove, backupsVerify } from './backups.ts';
import {
  maintenanceCancel,
  maintenanceAdopted,
  maintenanceDamaged,
  maintenanceImport,
  maintenanceGet,
  maintenanceQuarantine,
  maintenanceRestore,
  maintenanceRuns,
  maintenanceScan,
  maintenanceScrub,
} from './maintenance.ts';
import { s3KeysCreate, s3KeysList, s3KeysRevoke, s3KeysRotate, s3KeysUpdate } from './s3-keys.ts';
import {
  accountBeginSecondFactor,
  accountConfirmSecondFactor,
  accountDisableSecondFactor,
  accountRenewRecoveryCodes,
  accountSecondFactor,
} from './second-factor.ts';
import { rolesCreate, rolesDelete, rolesList, rolesUpdate } from './roles.ts';
import { servicesList, servicesLogs, servicesRestart, servicesStart, servicesStop } from './services.ts';
import { sessionGet, sessionLogin, sessionLogout, sessionRefresh } from './session.ts';
import { sessionsList, sessionsRevoke, sessionsRevokeOthers } from './sessions.ts';
import { sessionSsoBegin, sessionSsoFinish, ssoCheck, ssoList } from './sso.ts';
import { systemInfo, systemServiceKey } from './system.ts';
import {
  usersDisable,
  usersEnable,
  usersGet,
  usersGrant,
  usersInvite,
  usersList,
  usersRemove,
  usersResetPassword,
  usersResetSecondFactor,
  usersRevokeGrant,
  usersUpdate,
} from './users.ts';
import {
  webhooksCreate,
  webhooksDelete,
  webhooksDeliveries,
  webhooksList,
  webhooksReplay,
  webhooksRotateSecret,
  webhooksTest,
  webhooksUpdate,
} from './webhooks.ts';

const REGISTERED = [
  sessionMethods,
  sessionLogin,
  sessionPasskeyOptions,
  sessionPasskey,
  sessionSsoBegin,
  sessionSsoFinish,
  sessionRefresh,
  sessionGet,
  sessionLogout,
  systemInfo,
  systemServiceKey,
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
  objectsMoveFolder,
  objectsCopyFolder,
  objectsRemoveFolder,
  objectsInfo,
  objectsDescribe,
  objectsCopy,
  objectsVersions,
  objectsDeleted,
  objectsRestore,
  objectsRestoreFolder,
  objectsSignOne,
  objectsSignFolder,
  objectsPurge,
  objectsSearch,
  usageGet,
  databaseSchemas,
  databaseTables,
  databaseRoles,
  databaseGrants,
  jobsList,
  jobsGet,
  jobsCancel,
  jobsRetry,
  jobsRemove,
  schedulesList,
  schedulesCreate,
  schedulesUpdate,
  schedulesRemove,
  schedulesRun,
  policiesList,
  policiesPatterns,
  policiesRender,
  policiesPlan,
  policiesCreate,
  policiesUpdate,
  policiesDelete,
  policiesHistory,
  policiesRollback,
  policiesSimulate,
  policiesWhoCan,
  sessionsList,
  sessionsRevoke,
  sessionsRevokeOthers,
  apiKeysList,
  apiKeysCreate,
  apiKeysRotate,
  apiKeysRevoke,
  s3KeysList,
  s3KeysCreate,
  s3KeysUpdate,
  s3KeysRotate,
  s3KeysRevoke,
  linksList,
  linksRevoke,
  webhooksList,
  webhooksCreate,
  webhooksUpdate,
  webhooksRotateSecret,
  webhooksTest,
  webhooksDelete,
  webhooksDeliveries,
  webhooksReplay,
  quotasList,
  quotasSet,
  quotasRemove,
  settingsList,
  settingsGet,
  settingsCheck,
  settingsSet,
  settingsUnset,
  ssoList,
  ssoCheck,
  metricsOverview,
  metricsQuery,
  alertsList,
  alertsRules,
  alertsSilences,
  alertsSilence,
  alertsUnsilence,
  alertsAcknowledge,
  alertsTest,
  backupsList,
  backupsGet,
  backupsCreate,
  backupsVerify,
  backupsRemove,
  backupsPrune,
  maintenanceScan,
  maintenanceScrub,
  maintenanceImport,
  maintenanceAdopted,
  maintenanceRuns,
  maintenanceGet,
  maintenanceCancel,
  maintenanceDamaged,
  maintenanceQuarantine,
  maintenanceRestore,
  usersList,
  usersGet,
  usersInvite,
  usersResetPassword,
  usersResetSecondFactor,
  usersUpdate,
  usersDisable,
  usersEnable,
  usersRemove,
  usersGrant,
  usersRevokeGrant,
  rolesList,
  rolesCreate,
  rolesUpdate,
  rolesDelete,
  accessExplain,
  accountChangePassword,
  accountInspectLink,
  accountRedeemLink,
  accountForgotPassword,
  accountSessions,
  accountRevokeSession,
  accountRevokeOtherSessions,
  accountSecondFactor,
  accountBeginSecondFactor,
  accountConfirmSecondFactor,
  accountRenewRecoveryCodes,
  accountDisableSecondFactor,
  accountPasskeys,
  accountPasskeyOptions,
  accountAddPasskey,
  accountRenamePasskey,
  accountRemovePasskey,
  accountPreferences,
  accountSavePreferences,
  auditList,
  auditVerify,
  auditExport,
  auditPrune,
] as const;

type Registered = (typeof REGISTERED)[number];

export type OperationName = Registered['name'];
/** Any one operation of the registry. */
export type RegisteredOperation = OperationDefinition<AnySchema, AnySchema, OperationName>;

/** Every operation, in the order reference pages list them. Doors, permissions and docs are generated from it. */
export const OPERATIONS: readonly RegisteredOperation[] = REGISTERED;

/** The definition of one operation, by name. */
export type OperationByName<N extends OperationName> = Extract<Registered, { readonly name: N }>;
export type ArgumentsOf<N extends OperationName> = OperationArguments<OperationByName<N>>;
export type InputOf<N extends OperationName> = OperationInput<OperationByName<N>>;
export type OutputOf<N extends OperationName> = OperationOutput<OperationByName<N>>;

const BY_NAME: ReadonlyMap<string, RegisteredOperation> = new Map(OPERATIONS.map((operation) => [operation.name, operation]));

/** The definition with that name; undefined when there is none. */
export function findOperation(name: string): RegisteredOperation | undefined {
  return BY_NAME.get(name);
}

/** Every permission an operation asks for, sorted; what the owner role holds. */
export const PERMISSIONS: readonly string[] = [
  ...new Set(OPERATIONS.flatMap(({ permission }) => (permission === null ? [] : [permission]))),
].toSorted();
