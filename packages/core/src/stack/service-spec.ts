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
  readonly ports: Readonly<Record<string, Listener>>;
  readonly health: HealthCheck;
  readonly restart: RestartPolicy;
  readonly resources: { readonly memoryBytes: number | null };
  /**
   * Environment of the process. Values may hold references that a target fills in when it places the service:
   * `{{host:postgres.postgres}}` and `{{port:postgres.postgres}}` (where that listener is reached), `{{dir:objects}}` (a volume),
   * `{{socket:control}}`, `{{params:postgres.postgres}}` (what the target adds to a database URL, such as `?host=<socket directory>`).
   */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of the environment entries whose values are secret. */
  readonly secretNames: readonly string[];
  /** Named persistent directories the service owns. */
  readonly volumes: readonly string[];
  /** Milliseconds a graceful stop may take before the service is killed. */
  readonly stopTimeoutMs: number;
}

/** A listener with the port that was chosen for it. */
export interface Listener {
  readonly host: string;
  readonly port: number;
}

/** A spec whose ports are decided: its own, and those of the listeners its environment refers to. */
export interface PlacedSpec extends ServiceSpec {
  /** Listeners of other services, by `service.port`, that the environment refers to. */
  readonly links: Readonly<Record<string, Listener>>;
}
