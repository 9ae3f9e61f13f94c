import type { ServiceName } from '@supastor/contract/wire/service-status';

/** How a target finds out that a service is ready. */
export type HealthCheck =
  | {
      readonly kind: 'http';
      readonly port: string;
      readonly path: string;
      readonly intervalMs: number;
      readonly timeoutMs: number;
      readonly startPeriodMs: number;
    }
  | {
      readonly kind: 'postgres';
      readonly port: string;
      readonly intervalMs: number;
      readonly timeoutMs: number;
      readonly startPeriodMs: number;
    };

export interface RestartPolicy {
  readonly maxRestarts: number;
  readonly windowSeconds: number;
  readonly backoffInitialMs: number;
  readonly backoffMaxMs: number;
}

/** A service as plain data: what runs, not how a target runs it. */
export interface ServiceSpec {
  readonly name: ServiceName;
  readonly dependsOn: readonly ServiceName[];
  /** Address and preferred port of each listener, by port name (`http`, `postgres`). */
  readonly ports: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
  readonly health: HealthCheck;
  readonly restart: RestartPolicy;
  readonly resources: { readonly memoryBytes: number | null };
  /**
   * Environment of the process. Values may hold references that a target fills in when it places the service:
   * `{{host:postgres.postgres}}`, `{{port:postgres.postgres}}`, `{{dir:objects}}`, `{{socket:control}}`.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of the environment entries whose values are secret. */
  readonly secretNames: readonly string[];
  /** Named persistent directories the service owns. */
  readonly volumes: readonly string[];
  /** Milliseconds a graceful stop may take before the service is killed. */
  readonly stopTimeoutMs: number;
}
