import type { SmtpOptions } from '@supastor/adapters/mail/smtp-sender';
import type { AlertThresholds, NotifySettings } from '@supastor/contract/config/monitoring';
import type { SsoProviderConfig } from '@supastor/contract/config/sso';
import type { SecondFactorPolicy } from '@supastor/core/access/second-factor-policy';
import type { OperationLimits } from '@supastor/core/operations/limit-operations';
import type { Retention } from '@supastor/contract/wire/backup';
import type { LogLevel } from '@supastor/contract/wire/log-record';
import type { SocketLimits } from './ws/socket-limits.ts';

interface GraphqlSettings {
  /** `auto`: in development only. */
  readonly introspection: 'auto' | 'on' | 'off';
  /** File with the only queries that are run; null: any. */
  readonly allowListPath: string | null;
  readonly maxDepth: number;
  readonly maxCost: number;
}

/** How slow clients may be. */
export interface ConnectionLimits {
  /** A request must be complete, head and body, this long after its first byte; otherwise it is answered 408 and closed. */
  readonly requestMs: number;
  /** A connection on which nothing moves for this long is closed. */
  readonly idleMs: number;
}

interface RequestLimits extends OperationLimits {
  /** Requests from one address in a minute; 0: any number. */
  readonly perAddress: number;
}

/** What is measured. */
interface MonitoringSettings {
  readonly isEnabled: boolean;
  /** Milliseconds between two looks; default: 15 seconds. */
  readonly periodMs?: number;
  readonly thresholds: AlertThresholds;
  readonly notify: NotifySettings;
  /** Lets Prometheus read /metrics; null: only who holds metrics:read. */
  readonly scrapeToken: string | null;
  /** Base URLs of storage servers; every address behind a name is one. */
  readonly scrapeUrls: readonly string[];
}

/** Everything the server needs to know; main.ts reads it from the environment, tests give it directly. */
export interface AdminApiOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly email: string;
  readonly password: string;
  readonly sessionSecret: string;
  readonly sessionTtlSeconds: number;
  /** How long one token of a session works. */
  readonly accessTtlSeconds: number;
  readonly connections: ConnectionLimits;
  /** URL this process reaches storage at, with its path. */
  readonly storageUrl: string;
  /** URL browsers reach storage at, with its path. */
  readonly storagePublicUrl: string;
  readonly serviceRoleKey: string;
  readonly metaUrl: string | null;
  readonly databaseUrl: string | null;
  /** Keeps cached answers and request counts of all servers; null: memory and Postgres. */
  readonly redisUrl: string | null;
  readonly controlSocket: string | null;
  /** Directory of supastor.config.yaml; null: this server has no such file. */
  readonly projectDir: string | null;
  /** Where the command that started the stack wrote down its variables and flags. */
  readonly startContextFile: string | null;
  /** Built dashboard; null: only the API. */
  readonly dashboardDir: string | null;
  readonly trustedProxies: readonly string[];
  readonly graphql: GraphqlSettings;
  readonly sockets: SocketLimits;
  readonly limits: RequestLimits;
  readonly monitoring: MonitoringSettings;
  /** Origins whose pages may call the API with a bearer token. */
  readonly corsOrigins: readonly string[];
  /** How long a server that stops says that it is not ready, before it takes no new connections. */
  readonly drainSeconds: number;
  readonly project: string;
  readonly environment: string;
  readonly mode: 'dev' | 'prod';
  readonly logLevel: LogLevel;
  /** Where people reach the dashboard; null: where it listens. */
  readonly publicUrl: string | null;
  readonly passwordMinLength: number;
  /** More passwords to refuse; null: only those that come with this release. */
  readonly breachedPasswordsFile: string | null;
  readonly secondFactor: SecondFactorPolicy;
  /** OpenID Connect providers to sign in with. */
  readonly sso: readonly SsoProviderConfig[];
  /** Null: the audit trail is kept for ever. */
  readonly auditRetentionDays: number | null;
  /** Null: no backups are made here. */
  readonly backups: { readonly destination: string | null; readonly retention: Retention };
  /** Null: links are only shown. */
  readonly mail: SmtpOptions | null;
  /** What a role may do, where it is not what the contract says; `self` is what everybody may. */
  readonly permissionsOf?: (role: string) => readonly string[];
}
