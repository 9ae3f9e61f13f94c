import type { Config } from '@supastor/contract/config/schema';
import { checkReplica } from '@supastor/core/doctor/database-checks';
import type { Style } from '../../context.ts';
import { formatTable } from '../../output/table.ts';

/** A read replica of Postgres, as this machine finds it. */
export interface ReplicaReport {
  /** Host and port as configured. */
  readonly address: string;
  /** Whether it follows the primary. */
  readonly following: boolean;
  /** Null when it is not known. */
  readonly lagBytes: number | null;
  readonly detail: string;
}

/** Asks every configured replica; empty without any. */
export async function reportReplicas(config: Config | null): Promise<readonly ReplicaReport[]> {
  const { replicas = [], storagePassword } = config?.postgres ?? {};
  if (config === null || replicas.length === 0 || storagePassword === undefined) return [];
  const { probeReplica } = await import('@supastor/adapters/doctor/replica-probe');
  return Promise.all(
    replicas.map(async (address, index) => {
      const fact = await probeReplica(config, index, storagePassword);
      const { status, detail } = checkReplica(address, fact);
      return { address, following: status === 'ok', lagBytes: fact.kind === 'ready' && fact.sameCluster ? fact.lagBytes : null, detail };
    }),
  );
}

/** A table of them, with an empty line before it; nothing without any. */
export function formatReplicas(replicas: readonly ReplicaReport[], style: Style): readonly string[] {
  if (replicas.length === 0) return [];
  const head = ['READ REPLICA', 'STATE', 'BYTES BEHIND', ''].map((cell) => style.dim(cell));
  const rows = replicas.map(({ address, following, lagBytes, detail }) => [
    style.bold(address),
    following ? style.green('following') : style.yellow('not read from'),
    lagBytes === null ? '-' : String(lagBytes),
    following ? '' : detail,
  ]);
  return ['', formatTable([head, ...rows])];
}
