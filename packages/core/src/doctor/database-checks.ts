import type { SslMode } from '@supastor/contract/config/postgres';
import { fail, ok, warn, type Verdict } from './verdict.ts';

/** Signing in at an external Postgres, as one role. */
export type DatabaseFact =
  | { readonly kind: 'refused'; readonly reason: string; readonly hint: string | null }
  | {
      readonly kind: 'ready';
      readonly version: string;
      readonly encrypted: boolean;
      /** It takes no writes. */
      readonly replica: boolean;
    };

/** A configured replica beside its primary. */
export type ReplicaFact =
  | { readonly kind: 'refused'; readonly reason: string; readonly hint: string | null }
  | {
      readonly kind: 'ready';
      readonly standby: boolean;
      readonly sameCluster: boolean;
      /** Null when the primary could not be asked. */
      readonly lagBytes: number | null;
      readonly paused: boolean;
    };

export interface DatabasePlace {
  readonly host: string;
  readonly port: number;
  readonly role: string;
  readonly sslMode: SslMode;
}

const LOOPBACK = /^(?:127\.|::1$|\[::1\]$|localhost$|\/)/;

/** Whether the storage server could read from it. Without it everything works, by the primary alone. */
export function checkReplica(address: string, fact: ReplicaFact): Verdict {
  if (fact.kind === 'refused')
    return warn(`${address} cannot be read from: ${fact.reason}`, fact.hint ?? 'see whether it runs, and correct postgres.replicas');
  if (!fact.sameCluster)
    return warn(`${address} is a copy of another cluster than the primary`, 'correct postgres.replicas, or rebuild it from the primary');
  if (!fact.standby)
    return warn(`${address} is no standby: it takes writes of its own`, 'rebuild it from the primary, or take it out of postgres.replicas');
  const lag = fact.lagBytes === null ? 'unknown lag' : `${fact.lagBytes} bytes behind`;
  if (fact.paused) return warn(`${address} does not replay (paused), ${lag}`, 'select pg_wal_replay_resume() there');
  return ok(`${address}, ${lag}`);
}

/** Whether the services could work with it, and whether the way to it is safe. */
export function checkDatabase(place: DatabasePlace, fact: DatabaseFact): Verdict {
  const { host, port, role, sslMode } = place;
  if (fact.kind === 'refused')
    return fail(
      `${role} cannot sign in at ${host}:${port}: ${fact.reason}`,
      fact.hint ?? 'check postgres.host, postgres.port and the password',
    );
  if (fact.replica) return fail(`${host}:${port} is a replica and takes no writes`, 'set postgres.host to the primary');
  const said = `Postgres ${fact.version}, as ${role}`;
  if (!fact.encrypted && LOOPBACK.test(host)) return ok(`${said}, on this machine`);
  if (!fact.encrypted) return warn(`${said}: the way to ${host} is not encrypted`, 'set postgres.sslMode: verify-full and postgres.caFile');
  if ((sslMode === 'prefer' || sslMode === 'require') && !LOOPBACK.test(host))
    return warn(
      `${said}: encrypted, but anybody on the way can pretend to be ${host}`,
      'set postgres.sslMode: verify-full and postgres.caFile',
    );
  return ok(`${said}, with TLS (${sslMode})`);
}
