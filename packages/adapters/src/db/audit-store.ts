import type { AuditHead, AuditRow } from '@supastor/core/audit/audit-chain';
import { GENESIS } from '@supastor/core/audit/audit-chain';
import type { AuditCut } from '@supastor/core/audit/audit-cut';
import {
  type AuditCheckpoint,
  type AuditFilter,
  type AuditStore,
  type StoredAuditEntry,
  type StoredAuditRow,
} from '@supastor/core/audit/audit-store.port';
import { explainLoss, type Query, text, textOrNull } from './query.ts';

type Row = Readonly<Record<string, unknown>>;

/** The trail in `supastor.audit_log`. @param lockClass First key of the advisory lock that each live process holds on its id. */
export function createAuditStore(query: Query, lockClass: number): AuditStore {
  const read: Query = (sql, values) => query(sql, values).catch(explainLoss);
  return {
    async head() {
      const { rows } = await query('select seq, hash from supastor.audit_log order by seq desc limit 1');
      return rows[0] ? toHead(rows[0], 'seq', 'hash') : GENESIS;
    },
    async append(expected, added) {
      const { rows } = await query('select appended, head_seq, head_hash from supastor.audit_append($1, $2, $3)', [
        expected.seq,
        expected.hash,
        JSON.stringify(added.map(toRecord)),
      ]);
      const [answer] = rows;
      if (!answer) throw new Error('audit_append did not answer');
      return { appended: answer['appended'] === true, head: toHead(answer, 'head_seq', 'head_hash') };
    },
    async kindsOf(auditIds) {
      const { rows } = await query('select audit_id, kind from supastor.audit_log where audit_id = any($1)', [auditIds]);
      const kinds = new Map<string, Set<string>>();
      for (const row of rows) {
        const auditId = text(row, 'audit_id');
        kinds.set(auditId, (kinds.get(auditId) ?? new Set()).add(text(row, 'kind')));
      }
      return kinds;
    },
    async abandoned() {
      // A writer whose lock can be had is gone; the lock is given back with the statement.
      const { rows } = await query(
        `with gone as materialized (
           select writer from (select distinct writer from supastor.audit_open) w
           where pg_try_advisory_xact_lock($1, hashtext(writer)))
         select o.audit_id, o.operation, o.writer from supastor.audit_open o join gone using (writer)
         where not exists (select from supastor.audit_log l where l.audit_id = o.audit_id and l.kind = 'outcome')`,
        [lockClass],
      );
      return rows.map((row) => ({ auditId: text(row, 'audit_id'), operation: text(row, 'operation'), writer: text(row, 'writer') }));
    },
    async rowsAfter(seq, limit) {
      const { rows } = await read(
        `select seq, entry, prev_hash, hash, mac, key_id, concat_ws(chr(31), '=' || kind, '=' || audit_id,
           '=' || (extract(epoch from at) * 1000)::bigint, '=' || operation, coalesce('=' || identity, '-'),
           coalesce('=' || outcome, '-'), coalesce('=' || resource, '-'), '=' || writer) as columns
         from supastor.audit_log where seq > $1 order by seq limit $2`,
        [seq, limit],
      );
      return rows.map(toStoredRow);
    },
    entries: (filter, page) => readEntries(read, filter, page),
    async checkpoints() {
      const { rows } = await read('select * from supastor.audit_checkpoints order by n');
      return rows.map(toCheckpoint);
    },
    async lastCheckpoint() {
      const { rows } = await query('select * from supastor.audit_checkpoints order by n desc limit 1');
      return rows[0] ? toCheckpoint(rows[0]) : null;
    },
    async addCheckpoint({ n, seq, hash, at, previous, signature, keyId }) {
      await query(
        `insert into supastor.audit_checkpoints (n, seq, hash, at, previous, signature, key_id) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict do nothing`,
        [n, seq, hash, at, previous, signature, keyId],
      );
    },
    async cuts() {
      const { rows } = await read('select * from supastor.audit_cuts order by n');
      return rows.map(toCut);
    },
    async prunable({ beforeMs, keyId, maxRows }) {
      const { rows } = await read(
        `select c.* from supastor.audit_checkpoints c join supastor.audit_log l using (seq)
         where c.key_id = $1 and l.at < to_timestamp($2::float8 / 1000)
           and c.seq < (select max(seq) from supastor.audit_log)
           and c.seq < (select min(seq) from supastor.audit_log) + $3
         order by c.seq desc limit 1`,
        [keyId, beforeMs, maxRows],
      );
      return rows[0] ? toCheckpoint(rows[0]) : null;
    },
    async prune({ keyId, ...same }) {
      const { rows } = await query('select supastor.audit_prune($1) as removed', [JSON.stringify({ ...same, key_id: keyId })]);
      return Number(rows[0]?.['removed'] ?? 0);
    },
  };
}

async function readEntries(read: Query, filter: AuditFilter, page: Parameters<AuditStore['entries']>[1]): Promise<StoredAuditEntry[]> {
  const newest = page.order === 'newest';
  const { rows } = await read(
    `select i.audit_id, i.seq, i.at, i.operation, i.resource, i.entry as intent, o.entry as outcome
     from supastor.audit_log i left join supastor.audit_log o on o.audit_id = i.audit_id and o.kind = 'outcome'
     where i.kind = 'intent'
       and ($1::text is null or i.identity = $1)
       and ($2::text is null or i.operation = $2 or i.operation like $3)
       and ($4::text is null or o.outcome = $4)
       and ($5::text is null or i.resource ilike $5)
       and ($6::float8 is null or i.at >= to_timestamp($6::float8 / 1000))
       and ($7::float8 is null or i.at < to_timestamp($7::float8 / 1000))
       and ($8::bigint is null or i.seq ${newest ? '<' : '>'} $8)
     order by i.seq ${newest ? 'desc' : 'asc'} limit $9`,
    [
      filter.identity ?? null,
      filter.operation ?? null,
      filter.operation === undefined ? null : `${escapeLike(filter.operation)}.%`,
      filter.outcome ?? null,
      filter.resource === undefined ? null : `%${escapeLike(filter.resource)}%`,
      filter.since === undefined ? null : Date.parse(filter.since),
      filter.until === undefined ? null : Date.parse(filter.until),
      page.cursor,
      page.limit,
    ],
  );
  return rows.map((row) => ({
    auditId: text(row, 'audit_id'),
    seq: Number(row['seq']),
    at: row['at'] instanceof Date ? row['at'].toISOString() : text(row, 'at'),
    operation: text(row, 'operation'),
    resource: textOrNull(row, 'resource'),
    intent: text(row, 'intent'),
    outcome: textOrNull(row, 'outcome'),
  }));
}

function escapeLike(value: string): string {
  return value.replaceAll(/[\\%_]/g, '\\$&');
}

function toRecord({ auditId, prevHash, keyId, ...same }: AuditRow): Row {
  return { ...same, audit_id: auditId, prev_hash: prevHash, key_id: keyId };
}

function toHead(row: Row, seq: string, hash: string): AuditHead {
  return { seq: Number(row[seq]), hash: text(row, hash) };
}

function toStoredRow(row: Row): StoredAuditRow {
  return {
    ...toHead(row, 'seq', 'hash'),
    entry: text(row, 'entry'),
    prevHash: text(row, 'prev_hash'),
    mac: text(row, 'mac'),
    keyId: text(row, 'key_id'),
    columns: text(row, 'columns'),
  };
}

function toCut(row: Row): AuditCut {
  return { ...toCheckpoint(row), checkpoint: Number(row['checkpoint']) };
}

function toCheckpoint(row: Row): AuditCheckpoint {
  return {
    ...toHead(row, 'seq', 'hash'),
    n: Number(row['n']),
    at: text(row, 'at'),
    previous: text(row, 'previous'),
    signature: text(row, 'signature'),
    keyId: text(row, 'key_id'),
  };
}
