import type { backupsCreate, backupsList, backupsRemove, backupsVerify } from '@supastor/contract/operations/backups';
import type {
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
} from '@supastor/contract/operations/maintenance';
import type {
  objectsCopyFolder,
  objectsList,
  objectsMove,
  objectsMoveFolder,
  objectsRemove,
  objectsRemoveFolder,
  objectsSign,
  objectsSignUpload,
} from '@supastor/contract/operations/objects';
import type { objectsSearch, usageGet } from '@supastor/contract/operations/catalogue';
import type { databaseSchemas, databaseTables, databaseRoles, databaseGrants } from '@supastor/contract/operations/database';
import type { jobsList, jobsGet, jobsCancel, jobsRetry, jobsRemove } from '@supastor/contract/operations/jobs';
import type {
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
} from '@supastor/contract/operations/policies';
import type {
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
} from '@supastor/contract/operations/users';
import type { rolesList, rolesCreate, rolesUpdate, rolesDelete } from '@supastor/contract/operations/roles';
import type { accessExplain } from '@supastor/contract/operations/access';
import type {
  accountChangePassword,
  accountInspectLink,
  accountRedeemLink,
  accountRevokeOtherSessions,
  accountRevokeSession,
  accountSessions,
  accountForgotPassword,
} from '@supastor/contract/operations/account';
import type {
  accountBeginSecondFactor,
  accountConfirmSecondFactor,
  accountDisableSecondFactor,
  accountRenewRecoveryCodes,
  accountSecondFactor,
} from '@supastor/contract/operations/second-factor';
import type {
  accountAddPasskey,
  accountPasskeyOptions,
  accountPasskeys,
  accountRemovePasskey,
  accountRenamePasskey,
  sessionMethods,
  sessionPasskey,
  sessionPasskeyOptions,
} from '@supastor/contract/operations/passkeys';
import type { apiKeysCreate, apiKeysList, apiKeysRevoke, apiKeysRotate } from '@supastor/contract/operations/api-keys';
import type { auditExport, auditList, auditPrune, auditVerify } from '@supastor/contract/operations/audit';
import type {
  bucketsCreate,
  bucketsDelete,
  bucketsEmpty,
  bucketsGet,
  bucketsList,
  bucketsUpdate,
} from '@supastor/contract/operations/buckets';
import type { linksList, linksRevoke } from '@supastor/contract/operations/links';
import type { metricsOverview, metricsQuery } from '@supastor/contract/operations/metrics';
import type { OperationDefinition } from '@supastor/contract/operations/define';
import type {
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
} from '@supastor/contract/operations/object-details';
import type { s3KeysCreate, s3KeysList, s3KeysRevoke, s3KeysRotate, s3KeysUpdate } from '@supastor/contract/operations/s3-keys';
import type { servicesList, servicesLogs, servicesRestart, servicesStart, servicesStop } from '@supastor/contract/operations/services';
import type { sessionGet, sessionLogin, sessionLogout, sessionRefresh } from '@supastor/contract/operations/session';
import type { sessionsList, sessionsRevoke, sessionsRevokeOthers } from '@supastor/contract/operations/sessions';
import type { sessionSsoBegin, sessionSsoFinish } from '@supastor/contract/operations/sso';
import type { accountPreferences, accountSavePreferences } from '@supastor/contract/operations/preferences';
import type { ssoCheck, ssoList } from '@supastor/contract/operations/sso';
import type { settingsCheck, settingsList, settingsSet, settingsUnset } from '@supastor/contract/operations/settings';
import type { quotasList, quotasRemove, quotasSet } from '@supastor/contract/operations/quotas';
import type {
  webhooksCreate,
  webhooksDelete,
  webhooksDeliveries,
  webhooksList,
  webhooksReplay,
  webhooksRotateSecret,
  webhooksTest,
  webhooksUpdate,
} from '@supastor/contract/operations/webhooks';
import type {
  alertsAcknowledge,
  alertsList,
  alertsRules,
  alertsSilence,
  alertsSilences,
  alertsTest,
  alertsUnsilence,
} from '@supastor/contract/operations/alerts';
import type {
  schedulesCreate,
  schedulesList,
  schedulesRemove,
  schedulesRun,
  schedulesUpdate,
} from '@supastor/contract/operations/schedules';
import type { systemInfo, systemServiceKey } from '@supastor/contract/operations/system';

/** The REST door of an operation, carrying the operation's types but none of its schemas. */
export interface OperationRoute<D extends OperationDefinition> {
  readonly name: string;
  readonly method: OperationDefinition['rest']['method'];
  readonly path: string;
  /** Exists for inference only. */
  readonly definition?: D;
}

function route<D extends OperationDefinition>(name: string, method: OperationRoute<D>['method'], path: string): OperationRoute<D> {
  return { name, method, path };
}

/**
 * Where each operation lives, written out so that the schemas (and zod) stay out of the browser.
 * A test compares this list with the contract.
 */
export const operations = {
  sessionLogin: route<typeof sessionLogin>('session.login', 'POST', '/session'),
  sessionMethods: route<typeof sessionMethods>('session.methods', 'GET', '/session/methods'),
  sessionPasskeyOptions: route<typeof sessionPasskeyOptions>('session.passkeyOptions', 'POST', '/session/passkey/options'),
  sessionPasskey: route<typeof sessionPasskey>('session.passkey', 'POST', '/session/passkey'),
  sessionSsoBegin: route<typeof sessionSsoBegin>('session.ssoBegin', 'POST', '/session/sso/{provider}'),
  sessionSsoFinish: route<typeof sessionSsoFinish>('session.ssoFinish', 'POST', '/session/sso-finish'),
  accountPasskeys: route<typeof accountPasskeys>('account.passkeys', 'GET', '/account/passkeys'),
  accountPasskeyOptions: route<typeof accountPasskeyOptions>('account.passkeyOptions', 'POST', '/account/passkeys/options'),
  accountAddPasskey: route<typeof accountAddPasskey>('account.addPasskey', 'POST', '/account/passkeys'),
  accountRenamePasskey: route<typeof accountRenamePasskey>('account.renamePasskey', 'PATCH', '/account/passkeys/{id}'),
  accountRemovePasskey: route<typeof accountRemovePasskey>('account.removePasskey', 'DELETE', '/account/passkeys/{id}'),
  accountSessions: route<typeof accountSessions>('account.sessions', 'GET', '/account/sessions'),
  accountRevokeSession: route<typeof accountRevokeSession>('account.revokeSession', 'DELETE', '/account/sessions/{id}'),
  accountRevokeOtherSessions: route<typeof accountRevokeOtherSessions>(
    'account.revokeOtherSessions',
    'POST',
    '/account/sessions/revoke-others',
  ),
  accountPreferences: route<typeof accountPreferences>('account.preferences', 'GET', '/account/preferences'),
  accountSavePreferences: route<typeof accountSavePreferences>('account.savePreferences', 'PATCH', '/account/preferences'),
  sessionRefresh: route<typeof sessionRefresh>('session.refresh', 'POST', '/session/refresh'),
  sessionGet: route<typeof sessionGet>('session.get', 'GET', '/session'),
  sessionLogout: route<typeof sessionLogout>('session.logout', 'DELETE', '/session'),
  systemInfo: route<typeof systemInfo>('system.info', 'GET', '/system'),
  systemServiceKey: route<typeof systemServiceKey>('system.serviceKey', 'POST', '/system/service-key'),
  metricsOverview: route<typeof metricsOverview>('metrics.overview', 'GET', '/metrics/overview'),
  metricsQuery: route<typeof metricsQuery>('metrics.query', 'GET', '/metrics/query'),
  servicesList: route<typeof servicesList>('services.list', 'GET', '/services'),
  servicesStart: route<typeof servicesStart>('services.start', 'POST', '/services/{service}/start'),
  servicesStop: route<typeof servicesStop>('services.stop', 'POST', '/services/{service}/stop'),
  servicesRestart: route<typeof servicesRestart>('services.restart', 'POST', '/services/{service}/restart'),
  servicesLogs: route<typeof servicesLogs>('services.logs', 'GET', '/services/{service}/logs'),
  bucketsList: route<typeof bucketsList>('buckets.list', 'GET', '/buckets'),
  bucketsGet: route<typeof bucketsGet>('buckets.get', 'GET', '/buckets/{bucket}'),
  bucketsCreate: route<typeof bucketsCreate>('buckets.create', 'POST', '/buckets'),
  bucketsUpdate: route<typeof bucketsUpdate>('buckets.update', 'PATCH', '/buckets/{bucket}'),
  bucketsEmpty: route<typeof bucketsEmpty>('buckets.empty', 'POST', '/buckets/{bucket}/empty'),
  bucketsDelete: route<typeof bucketsDelete>('buckets.delete', 'DELETE', '/buckets/{bucket}'),
  objectsList: route<typeof objectsList>('objects.list', 'GET', '/buckets/{bucket}/objects'),
  objectsSign: route<typeof objectsSign>('objects.sign', 'POST', '/buckets/{bucket}/objects/sign'),
  objectsSignUpload: route<typeof objectsSignUpload>('objects.signUpload', 'POST', '/buckets/{bucket}/objects/sign-upload'),
  objectsRemove: route<typeof objectsRemove>('objects.remove', 'POST', '/buckets/{bucket}/objects/remove'),
  objectsMove: route<typeof objectsMove>('objects.move', 'POST', '/buckets/{bucket}/objects/move'),
  objectsInfo: route<typeof objectsInfo>('objects.info', 'GET', '/buckets/{bucket}/objects/info'),
  objectsDescribe: route<typeof objectsDescribe>('objects.describe', 'PUT', '/buckets/{bucket}/objects/info'),
  objectsCopy: route<typeof objectsCopy>('objects.copy', 'POST', '/buckets/{bucket}/objects/copy'),
  objectsVersions: route<typeof objectsVersions>('objects.versions', 'GET', '/buckets/{bucket}/objects/versions'),
  objectsDeleted: route<typeof objectsDeleted>('objects.deleted', 'GET', '/buckets/{bucket}/objects/deleted'),
  objectsRestore: route<typeof objectsRestore>('objects.restore', 'POST', '/buckets/{bucket}/objects/restore'),
  objectsRestoreFolder: route<typeof objectsRestoreFolder>('objects.restoreFolder', 'POST', '/buckets/{bucket}/objects/restore-folder'),
  objectsSignOne: route<typeof objectsSignOne>('objects.signOne', 'POST', '/buckets/{bucket}/objects/sign-one'),
  objectsSignFolder: route<typeof objectsSignFolder>('objects.signFolder', 'POST', '/buckets/{bucket}/objects/sign-folder'),
  objectsPurge: route<typeof objectsPurge>('objects.purge', 'POST', '/buckets/{bucket}/objects/purge'),
  sessionsList: route<typeof sessionsList>('sessions.list', 'GET', '/sessions'),
  sessionsRevoke: route<typeof sessionsRevoke>('sessions.revoke', 'DELETE', '/sessions/{id}'),
  sessionsRevokeOthers: route<typeof sessionsRevokeOthers>('sessions.revokeOthers', 'POST', '/sessions/revoke-others'),
  apiKeysList: route<typeof apiKeysList>('apiKeys.list', 'GET', '/api-keys'),
  apiKeysCreate: route<typeof apiKeysCreate>('apiKeys.create', 'POST', '/api-keys'),
  apiKeysRotate: route<typeof apiKeysRotate>('apiKeys.rotate', 'POST', '/api-keys/{id}/rotate'),
  apiKeysRevoke: route<typeof apiKeysRevoke>('apiKeys.revoke', 'DELETE', '/api-keys/{id}'),
  s3KeysList: route<typeof s3KeysList>('s3Keys.list', 'GET', '/s3-keys'),
  s3KeysCreate: route<typeof s3KeysCreate>('s3Keys.create', 'POST', '/s3-keys'),
  s3KeysUpdate: route<typeof s3KeysUpdate>('s3Keys.update', 'PATCH', '/s3-keys/{accessKeyId}'),
  s3KeysRotate: route<typeof s3KeysRotate>('s3Keys.rotate', 'POST', '/s3-keys/{accessKeyId}/rotate'),
  s3KeysRevoke: route<typeof s3KeysRevoke>('s3Keys.revoke', 'DELETE', '/s3-keys/{accessKeyId}'),
  auditList: route<typeof auditList>('audit.list', 'GET', '/audit'),
  auditPrune: route<typeof auditPrune>('audit.prune', 'POST', '/audit/prune'),
  auditVerify: route<typeof auditVerify>('audit.verify', 'GET', '/audit/verify'),
  auditExport: route<typeof auditExport>('audit.export', 'GET', '/audit/export'),
  objectsMoveFolder: route<typeof objectsMoveFolder>('objects.moveFolder', 'POST', '/buckets/{bucket}/objects/move-folder'),
  objectsCopyFolder: route<typeof objectsCopyFolder>('objects.copyFolder', 'POST', '/buckets/{bucket}/objects/copy-folder'),
  objectsRemoveFolder: route<typeof objectsRemoveFolder>('objects.removeFolder', 'POST', '/buckets/{bucket}/objects/remove-folder'),
  objectsSearch: route<typeof objectsSearch>('objects.search', 'GET', '/objects/search'),
  usageGet: route<typeof usageGet>('usage.get', 'GET', '/usage'),
  databaseSchemas: route<typeof databaseSchemas>('database.schemas', 'GET', '/database/schemas'),
  databaseTables: route<typeof databaseTables>('database.tables', 'GET', '/database/tables'),
  databaseRoles: route<typeof databaseRoles>('database.roles', 'GET', '/database/roles'),
  databaseGrants: route<typeof databaseGrants>('database.grants', 'GET', '/database/grants'),
  jobsList: route<typeof jobsList>('jobs.list', 'GET', '/jobs'),
  jobsGet: route<typeof jobsGet>('jobs.get', 'GET', '/jobs/{id}'),
  jobsCancel: route<typeof jobsCancel>('jobs.cancel', 'POST', '/jobs/{id}/cancel'),
  jobsRetry: route<typeof jobsRetry>('jobs.retry', 'POST', '/jobs/{id}/retry'),
  jobsRemove: route<typeof jobsRemove>('jobs.remove', 'DELETE', '/jobs/{id}'),
  policiesList: route<typeof policiesList>('policies.list', 'GET', '/policies'),
  policiesPatterns: route<typeof policiesPatterns>('policies.patterns', 'GET', '/policy-patterns'),
  policiesRender: route<typeof policiesRender>('policies.render', 'POST', '/policy-patterns/{pattern}/render'),
  policiesPlan: route<typeof policiesPlan>('policies.plan', 'POST', '/policies/plan'),
  policiesCreate: route<typeof policiesCreate>('policies.create', 'POST', '/policies'),
  policiesUpdate: route<typeof policiesUpdate>('policies.update', 'PUT', '/policies/{table}/{name}'),
  policiesDelete: route<typeof policiesDelete>('policies.delete', 'DELETE', '/policies/{table}/{name}'),
  policiesHistory: route<typeof policiesHistory>('policies.history', 'GET', '/policies/history'),
  policiesRollback: route<typeof policiesRollback>('policies.rollback', 'POST', '/policies/history/{id}/rollback'),
  policiesSimulate: route<typeof policiesSimulate>('policies.simulate', 'POST', '/policies/simulate'),
  policiesWhoCan: route<typeof policiesWhoCan>('policies.whoCan', 'POST', '/policies/who-can'),
  usersList: route<typeof usersList>('users.list', 'GET', '/users'),
  usersGet: route<typeof usersGet>('users.get', 'GET', '/users/{id}'),
  usersInvite: route<typeof usersInvite>('users.invite', 'POST', '/users'),
  usersResetPassword: route<typeof usersResetPassword>('users.resetPassword', 'POST', '/users/{id}/reset-password'),
  usersUpdate: route<typeof usersUpdate>('users.update', 'PATCH', '/users/{id}'),
  usersDisable: route<typeof usersDisable>('users.disable', 'POST', '/users/{id}/disable'),
  usersEnable: route<typeof usersEnable>('users.enable', 'POST', '/users/{id}/enable'),
  usersRemove: route<typeof usersRemove>('users.remove', 'DELETE', '/users/{id}'),
  usersGrant: route<typeof usersGrant>('users.grant', 'POST', '/users/{id}/grants'),
  usersRevokeGrant: route<typeof usersRevokeGrant>('users.revokeGrant', 'DELETE', '/users/{id}/grants/{grantId}'),
  rolesList: route<typeof rolesList>('roles.list', 'GET', '/roles'),
  rolesCreate: route<typeof rolesCreate>('roles.create', 'POST', '/roles'),
  rolesUpdate: route<typeof rolesUpdate>('roles.update', 'PUT', '/roles/{name}'),
  rolesDelete: route<typeof rolesDelete>('roles.delete', 'DELETE', '/roles/{name}'),
  accessExplain: route<typeof accessExplain>('access.explain', 'GET', '/access/explain'),
  accountChangePassword: route<typeof accountChangePassword>('account.changePassword', 'POST', '/account/password'),
  accountInspectLink: route<typeof accountInspectLink>('account.inspectLink', 'POST', '/account/link'),
  accountRedeemLink: route<typeof accountRedeemLink>('account.redeemLink', 'POST', '/account/link/redeem'),
  accountSecondFactor: route<typeof accountSecondFactor>('account.secondFactor', 'GET', '/account/second-factor'),
  accountBeginSecondFactor: route<typeof accountBeginSecondFactor>('account.beginSecondFactor', 'POST', '/account/second-factor'),
  accountConfirmSecondFactor: route<typeof accountConfirmSecondFactor>(
    'account.confirmSecondFactor',
    'POST',
    '/account/second-factor/confirm',
  ),
  accountRenewRecoveryCodes: route<typeof accountRenewRecoveryCodes>(
    'account.renewRecoveryCodes',
    'POST',
    '/account/second-factor/recovery-codes',
  ),
  accountDisableSecondFactor: route<typeof accountDisableSecondFactor>(
    'account.disableSecondFactor',
    'POST',
    '/account/second-factor/disable',
  ),
  usersResetSecondFactor: route<typeof usersResetSecondFactor>('users.resetSecondFactor', 'POST', '/users/{id}/reset-second-factor'),
  accountForgotPassword: route<typeof accountForgotPassword>('account.forgotPassword', 'POST', '/account/forgot-password'),
  backupsList: route<typeof backupsList>('backups.list', 'GET', '/backups'),
  backupsCreate: route<typeof backupsCreate>('backups.create', 'POST', '/backups'),
  backupsVerify: route<typeof backupsVerify>('backups.verify', 'POST', '/backups/{id}/verify'),
  backupsRemove: route<typeof backupsRemove>('backups.remove', 'DELETE', '/backups/{id}'),
  maintenanceScan: route<typeof maintenanceScan>('maintenance.scan', 'POST', '/maintenance/scan'),
  maintenanceScrub: route<typeof maintenanceScrub>('maintenance.scrub', 'POST', '/maintenance/scrub'),
  maintenanceImport: route<typeof maintenanceImport>('maintenance.import', 'POST', '/maintenance/import'),
  maintenanceAdopted: route<typeof maintenanceAdopted>('maintenance.adopted', 'GET', '/maintenance/adopted'),
  maintenanceRuns: route<typeof maintenanceRuns>('maintenance.runs', 'GET', '/maintenance/runs'),
  maintenanceGet: route<typeof maintenanceGet>('maintenance.get', 'GET', '/maintenance/runs/{id}'),
  maintenanceCancel: route<typeof maintenanceCancel>('maintenance.cancel', 'POST', '/maintenance/runs/{id}/cancel'),
  maintenanceDamaged: route<typeof maintenanceDamaged>('maintenance.damaged', 'GET', '/maintenance/damaged'),
  maintenanceQuarantine: route<typeof maintenanceQuarantine>('maintenance.quarantine', 'GET', '/maintenance/quarantine'),
  maintenanceRestore: route<typeof maintenanceRestore>('maintenance.restore', 'POST', '/maintenance/quarantine/restore'),
  linksList: route<typeof linksList>('links.list', 'GET', '/links'),
  linksRevoke: route<typeof linksRevoke>('links.revoke', 'POST', '/links/revoke'),
  webhooksList: route<typeof webhooksList>('webhooks.list', 'GET', '/webhooks'),
  webhooksCreate: route<typeof webhooksCreate>('webhooks.create', 'POST', '/webhooks'),
  webhooksUpdate: route<typeof webhooksUpdate>('webhooks.update', 'PATCH', '/webhooks/{id}'),
  webhooksRotateSecret: route<typeof webhooksRotateSecret>('webhooks.rotateSecret', 'POST', '/webhooks/{id}/rotate-secret'),
  webhooksTest: route<typeof webhooksTest>('webhooks.test', 'POST', '/webhooks/{id}/test'),
  webhooksDelete: route<typeof webhooksDelete>('webhooks.delete', 'DELETE', '/webhooks/{id}'),
  webhooksDeliveries: route<typeof webhooksDeliveries>('webhooks.deliveries', 'GET', '/webhook-deliveries'),
  webhooksReplay: route<typeof webhooksReplay>('webhooks.replay', 'POST', '/webhook-deliveries/replay'),
  ssoList: route<typeof ssoList>('sso.list', 'GET', '/sso'),
  ssoCheck: route<typeof ssoCheck>('sso.check', 'POST', '/sso/{provider}/check'),
  settingsList: route<typeof settingsList>('settings.list', 'GET', '/settings'),
  settingsCheck: route<typeof settingsCheck>('settings.check', 'POST', '/settings/{path}/check'),
  settingsSet: route<typeof settingsSet>('settings.set', 'PUT', '/settings/{path}'),
  settingsUnset: route<typeof settingsUnset>('settings.unset', 'DELETE', '/settings/{path}'),
  quotasList: route<typeof quotasList>('quotas.list', 'GET', '/quotas'),
  quotasSet: route<typeof quotasSet>('quotas.set', 'PUT', '/quotas/{kind}/{subject}'),
  quotasRemove: route<typeof quotasRemove>('quotas.remove', 'DELETE', '/quotas/{kind}/{subject}'),
  schedulesList: route<typeof schedulesList>('schedules.list', 'GET', '/schedules'),
  schedulesCreate: route<typeof schedulesCreate>('schedules.create', 'POST', '/schedules'),
  schedulesUpdate: route<typeof schedulesUpdate>('schedules.update', 'PATCH', '/schedules/{id}'),
  schedulesRemove: route<typeof schedulesRemove>('schedules.remove', 'DELETE', '/schedules/{id}'),
  schedulesRun: route<typeof schedulesRun>('schedules.run', 'POST', '/schedules/{id}/run'),
  alertsList: route<typeof alertsList>('alerts.list', 'GET', '/alerts'),
  alertsRules: route<typeof alertsRules>('alerts.rules', 'GET', '/alerts/rules'),
  alertsSilences: route<typeof alertsSilences>('alerts.silences', 'GET', '/alerts/silences'),
  alertsSilence: route<typeof alertsSilence>('alerts.silence', 'POST', '/alerts/silences'),
  alertsUnsilence: route<typeof alertsUnsilence>('alerts.unsilence', 'DELETE', '/alerts/silences/{id}'),
  alertsAcknowledge: route<typeof alertsAcknowledge>('alerts.acknowledge', 'POST', '/alerts/{id}/acknowledge'),
  alertsTest: route<typeof alertsTest>('alerts.test', 'POST', '/alerts/test'),
} as const;
