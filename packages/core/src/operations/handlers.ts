import { accessHandlers } from '../access/access-handlers.ts';
import { accountHandlers } from '../access/account-handlers.ts';
import type { Account } from '../access/account.ts';
import { apiKeyHandlers } from '../access/api-key-handlers.ts';
import type { ApiKeys } from '../access/api-keys.ts';
import type { FindHolder } from '../access/find-holder.ts';
import type { LoginThrottle } from '../access/login-throttle.ts';
import { passkeyHandlers } from '../access/passkey-handlers.ts';
import type { Passkeys } from '../access/passkeys.ts';
import type { PreferenceStore } from '../access/preference.port.ts';
import { preferenceHandlers } from '../access/preference-handlers.ts';
import type { RoleAdmin } from '../access/role-admin.ts';
import { roleHandlers } from '../access/role-handlers.ts';
import { secondFactorHandlers } from '../access/second-factor-handlers.ts';
import type { SecondFactors } from '../access/second-factors.ts';
import type { SessionRegistry } from '../access/session-registry.ts';
import type { SessionService } from '../access/session-service.ts';
import type { SingleSignOn } from '../access/single-sign-on.ts';
import { ssoHandlers } from '../access/sso-handlers.ts';
import type { UserAdmin } from '../access/user-admin.ts';
import { userHandlers } from '../access/user-handlers.ts';
import { auditHandlers } from '../audit/audit-handlers.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import { type BackupDeps, backupHandlers } from '../backups/backup-handlers.ts';
import { bucketHandlers } from '../buckets/bucket-handlers.ts';
import { catalogueHandlers } from '../catalogue/catalogue-handlers.ts';
import type { ObjectCatalogue } from '../catalogue/object-catalogue.port.ts';
import type { DatabaseCatalogue } from '../database/database-catalogue.port.ts';
import { databaseHandlers } from '../database/database-handlers.ts';
import { jobHandlers } from '../jobs/job-handlers.ts';
import type { JobService } from '../jobs/job-service.ts';
import { scheduleHandlers } from '../jobs/schedule-handlers.ts';
import type { Schedules } from '../jobs/schedules.ts';
import type { LinkAdmin } from '../links/link-admin.port.ts';
import { linkHandlers } from '../links/link-handlers.ts';
import type { MaintenanceAdmin } from '../maintenance/maintenance-admin.port.ts';
import { maintenanceHandlers } from '../maintenance/maintenance-handlers.ts';
import { alertHandlers } from '../monitoring/alert-handlers.ts';
import type { Alerting } from '../monitoring/alerting.ts';
import { metricHandlers, type Metrics } from '../monitoring/metric-handlers.ts';
import { objectDetailHandlers } from '../objects/object-detail-handlers.ts';
import { objectHandlers } from '../objects/object-handlers.ts';
import type { StorageAdmin } from '../objects/storage-admin.port.ts';
import { policyHandlers } from '../policies/policy-handlers.ts';
import type { PolicyStore } from '../policies/policy-store.port.ts';
import type { QuotaAdmin } from '../quotas/quota-admin.port.ts';
import { quotaHandlers } from '../quotas/quota-handlers.ts';
import type { S3KeyAdmin } from '../s3-keys/s3-key-admin.port.ts';
import { s3KeyHandlers } from '../s3-keys/s3-key-handlers.ts';
import { serviceHandlers } from '../services/service-handlers.ts';
import { settingHandlers } from '../settings/setting-handlers.ts';
import type { Settings } from '../settings/settings.ts';
import { sessionHandlers } from '../session/session-handlers.ts';
import type { StackControl } from '../stack/stack-control.port.ts';
import { type SystemInfo, systemHandlers } from '../system/system-handlers.ts';
import type { WebhookAdmin } from '../webhooks/webhook-admin.port.ts';
import { webhookHandlers } from '../webhooks/webhook-handlers.ts';
import type { Handlers } from './router.ts';

/** Everything the handlers reach the world through; each noun asks for its part only. */
export interface OperationDeps {
  readonly sessions: SessionService;
  readonly info: SystemInfo;
  /** The key with which this server speaks to storage. */
  readonly serviceRoleKey: string;
  readonly control: StackControl;
  readonly storage: StorageAdmin;
  readonly sessionRegistry: SessionRegistry;
  readonly apiKeys: ApiKeys;
  readonly s3Keys: S3KeyAdmin;
  readonly links: LinkAdmin;
  readonly webhooks: WebhookAdmin;
  readonly quotas: QuotaAdmin;
  readonly settings: Settings;
  readonly maintenance: MaintenanceAdmin;
  readonly backups: BackupDeps;
  readonly userAdmin: UserAdmin;
  readonly roleAdmin: RoleAdmin;
  readonly account: Account;
  readonly secondFactors: SecondFactors;
  readonly passkeys: Passkeys;
  readonly preferences: PreferenceStore;
  readonly sso: SingleSignOn;
  readonly throttle: LoginThrottle;
  readonly findHolder: FindHolder;
  readonly auditLog: AuditLog;
  /** Null: this server has no database. */
  readonly policies: PolicyStore | null;
  /** Null: this server has no database. */
  readonly jobs: JobService | null;
  /** Null: this server has no database. */
  readonly schedules: Schedules | null;
  /** Null: this server has no database. */
  readonly catalogue: ObjectCatalogue | null;
  /** Null: this server has no database. */
  readonly metrics: Metrics | null;
  /** Null: this server has no database. */
  readonly alerting: Alerting | null;
  /** Null: this server knows no postgres-meta. */
  readonly databaseCatalogue: DatabaseCatalogue | null;
}

/** The handler of every operation of the registry. */
export const HANDLERS: Handlers<OperationDeps> = {
  ...sessionHandlers,
  ...systemHandlers,
  ...serviceHandlers,
  ...bucketHandlers,
  ...objectHandlers,
  ...objectDetailHandlers,
  ...catalogueHandlers,
  ...databaseHandlers,
  ...jobHandlers,
  ...scheduleHandlers,
  ...policyHandlers,
  ...accessHandlers,
  ...apiKeyHandlers,
  ...s3KeyHandlers,
  ...linkHandlers,
  ...webhookHandlers,
  ...quotaHandlers,
  ...settingHandlers,
  ...metricHandlers,
  ...alertHandlers,
  ...maintenanceHandlers,
  ...backupHandlers,
  ...userHandlers,
  ...roleHandlers,
  ...accountHandlers,
  ...secondFactorHandlers,
  ...passkeyHandlers,
  ...preferenceHandlers,
  ...ssoHandlers,
  ...auditHandlers,
};
