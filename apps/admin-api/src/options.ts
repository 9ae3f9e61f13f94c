import type { Session } from '@supastor/contract/operations/session';
import type { LogLevel } from '@supastor/contract/wire/log-record';

/** Everything the server needs to know; main.ts reads it from the environment, tests give it directly. */
export interface AdminApiOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly email: string;
  readonly password: string;
  readonly sessionSecret: string;
  readonly sessionTtlSeconds: number;
  /** URL this process reaches storage at, with its path. */
  readonly storageUrl: string;
  /** URL browsers reach storage at, with its path. */
  readonly storagePublicUrl: string;
  readonly serviceRoleKey: string;
  readonly metaUrl: string | null;
  readonly databaseUrl: string | null;
  readonly controlSocket: string | null;
  /** Built dashboard; null: only the API. */
  readonly dashboardDir: string | null;
  readonly trustedProxies: readonly string[];
  readonly project: string;
  readonly environment: string;
  readonly mode: 'dev' | 'prod';
  readonly logLevel: LogLevel;
  /** What a role may do; every permission by default. */
  readonly permissionsOf?: (role: Session['role']) => readonly string[];
}
