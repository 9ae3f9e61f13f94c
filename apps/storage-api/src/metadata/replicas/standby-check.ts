import { type Step, step } from '../step.ts';

/** Which history a Postgres has, and how far it is in it. */
export interface WalPosition {
  readonly systemId: string;
  readonly timeline: number;
  /** Bytes since the beginning of the log. */
  readonly bytes: bigint;
}

/** Why a Postgres cannot answer for the primary, or `behind` while it only has to catch up. */
export type Refusal = 'promoted' | 'other-cluster' | 'other-timeline' | 'behind';

export interface PrimaryRow {
  readonly system_id: string;
  readonly timeline: number;
  readonly position: string;
}

export interface StandbyRow {
  readonly is_standby: boolean;
  readonly system_id: string;
  readonly timeline: number;
  readonly replayed: string | null;
}

const SQL = {
  // A commit is answered once it is flushed; without synchronous_commit, before.
  primary: {
    name: 'replica_primary_position',
    text: `select (select system_identifier from pg_control_system())::text as system_id,
      ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer as timeline,
      ((case current_setting('synchronous_commit') when 'off' then pg_current_wal_insert_lsn() else pg_current_wal_flush_lsn() end)
        - '0/0'::pg_lsn)::text as position`,
  },
  // The control file learns of another timeline late; the receiver knows at once, and tells those who may read statistics.
  standby: {
    name: 'replica_standby_position',
    text: `select pg_is_in_recovery() as is_standby, (select system_identifier from pg_control_system())::text as system_id,
      greatest((select timeline_id from pg_control_checkpoint()), (select min_recovery_end_timeline from pg_control_recovery()),
        (select received_tli from pg_stat_wal_receiver)) as timeline,
      (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::text as replayed`,
  },
};

/** Where the primary is: everything it has answered for is before. Fails on a standby. */
export function askPrimary(): Step<PrimaryRow> {
  return step(SQL.primary);
}

/** How far a standby is. What a later statement sees is at least that. */
export function askStandby(): Step<StandbyRow> {
  return step(SQL.standby);
}

export function positionOf({ system_id: systemId, timeline, position }: PrimaryRow): WalPosition {
  return { systemId, timeline, bytes: BigInt(position) };
}

/** Null when the standby has everything that the primary had at `wanted`. */
export function refusalOf(standby: StandbyRow, wanted: WalPosition): Refusal | null {
  if (standby.system_id !== wanted.systemId) return 'other-cluster';
  if (!standby.is_standby) return 'promoted';
  if (standby.timeline !== wanted.timeline) return 'other-timeline';
  return replayedBy(standby) >= wanted.bytes ? null : 'behind';
}

/** How far it has replayed, in bytes since the beginning of the log. */
export function replayedBy({ replayed }: StandbyRow): bigint {
  return BigInt(replayed ?? 0);
}
