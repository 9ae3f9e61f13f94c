import { alertRuleNameSchema, alertStateSchema, severitySchema } from '@supastor/contract/wire/alert';
import type { StoredAlert, StoredSilence } from '@supastor/core/monitoring/alert-state';
import type { AlertStore, QueuedNotice } from '@supastor/core/monitoring/alert-store.port';
import type { NoticeText } from '@supastor/core/monitoring/notice-text';
import { explainLoss, type Query, text, textOrNull, type Transact } from '../query.ts';

type Row = Readonly<Record<string, unknown>>;

const COLUMNS = `id, rule, subject, severity, state, summary, value, since, last_breach_at, fired_at, resolved_at, acknowledged_by,
  acknowledged_at, note, told_at`;
/** What is open changes under this lock, so that two servers that judge at once do not both tell people. */
const LOCK = 'select pg_advisory_xact_lock(7303003, 0)';

/** Alerts in `supastor.alerts`, silences in `supastor.alert_silences`, notices in `supastor.alert_notices`. */
export function createAlertStore(query: Query, transact: Transact): AlertStore {
  const ask: Query = (sql, values) => query(sql, values).catch(explainLoss);
  return {
    async list(states, limit) {
      const sql = `select ${COLUMNS} from supastor.alerts where state = any ($1) order by since desc, id desc limit $2`;
      return (await ask(sql, [states, limit])).rows.map(toAlert);
    },
    change: (decide) =>
      transact(async (run) => {
        await run(LOCK);
        const { rows } = await run(`select ${COLUMNS} from supastor.alerts where state <> 'resolved' order by since, id`);
        const { save, drop, notices } = decide(rows.map(toAlert));
        await run('delete from supastor.alerts where id = any ($1)', [drop]);
        for (const alert of save) await run(SAVE, valuesOf(alert));
        for (const { channel, dueMs, text: notice } of notices) await run(ENQUEUE, [channel, dueMs, JSON.stringify(notice)]);
      }).catch(explainLoss),
    async acknowledge(id, by, note) {
      const { rows } = await ask(
        `update supastor.alerts set acknowledged_by = $2, acknowledged_at = now(), note = $3
         where id = $1 and state <> 'resolved' returning ${COLUMNS}`,
        [id, by, note],
      );
      return rows[0] ? toAlert(rows[0]) : null;
    },
    silences: async () => (await ask('select * from supastor.alert_silences where until > now() order by until, id')).rows.map(toSilence),
    async silence({ id, rule, subject, reason, by, createdMs, untilMs }) {
      await ask(
        `insert into supastor.alert_silences (id, rule, subject, reason, created_by, created_at, until)
         values ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000), to_timestamp($7::float8 / 1000))`,
        [id, rule, subject, reason, by, createdMs, untilMs],
      );
    },
    async unsilence(id) {
      const { rows } = await ask('delete from supastor.alert_silences where id = $1 and until > now() returning *', [id]);
      return rows[0] ? toSilence(rows[0]) : null;
    },
    async claim(channel, leaseMs) {
      const { rows } = await ask(
        `update supastor.alert_notices n set attempts = n.attempts + 1, due_at = now() + $2::float8 * interval '1 millisecond'
         from (select id from supastor.alert_notices where channel = $1 and due_at <= now() order by id for update skip locked) due
         where n.id = due.id returning n.id, n.attempts, n.created_at, n.notice`,
        [channel, leaseMs],
      );
      return rows.map(toNotice).toSorted((a, b) => Number(a.id) - Number(b.id));
    },
    async settle(ids) {
      if (ids.length > 0) await ask('delete from supastor.alert_notices where id = any ($1::bigint[])', [ids]);
    },
    async postpone(ids, delayMs, error) {
      if (ids.length === 0) return;
      await ask(
        `update supastor.alert_notices set due_at = now() + $2::float8 * interval '1 millisecond', error = $3 where id = any ($1::bigint[])`,
        [ids, delayMs, error],
      );
    },
    async prune(beforeMs) {
      const before = 'to_timestamp($1::float8 / 1000)';
      await ask(`delete from supastor.alerts where state = 'resolved' and resolved_at < ${before}`, [beforeMs]);
      await ask(`delete from supastor.alert_silences where until < ${before}`, [beforeMs]);
    },
  };
}

/** What somebody says meanwhile about an alert (who is at it) is not of the judgement, and stays. */
const SAVE = `insert into supastor.alerts as a
    (id, rule, subject, severity, state, summary, value, since, last_breach_at, fired_at, resolved_at, told_at)
  values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8 / 1000), to_timestamp($9::float8 / 1000), to_timestamp($10::float8 / 1000),
    to_timestamp($11::float8 / 1000), to_timestamp($12::float8 / 1000))
  on conflict (id) do update set state = excluded.state, summary = excluded.summary, value = excluded.value,
    last_breach_at = excluded.last_breach_at, fired_at = excluded.fired_at, resolved_at = excluded.resolved_at, told_at = excluded.told_at`;

const ENQUEUE = `insert into supastor.alert_notices (channel, due_at, notice) values ($1, to_timestamp($2::float8 / 1000), $3)`;

function valuesOf(alert: StoredAlert): readonly unknown[] {
  const { id, rule, subject, severity, state, summary, value, sinceMs, lastBreachMs, firedMs, resolvedMs, toldMs } = alert;
  return [id, rule, subject, severity, state, summary, value, sinceMs, lastBreachMs, firedMs, resolvedMs, toldMs];
}

function toAlert(row: Row): StoredAlert {
  return {
    id: text(row, 'id'),
    rule: alertRuleNameSchema.parse(row['rule']),
    subject: textOrNull(row, 'subject'),
    severity: severitySchema.parse(row['severity']),
    state: alertStateSchema.parse(row['state']),
    summary: text(row, 'summary'),
    value: Number(row['value']),
    sinceMs: msOf(row, 'since') ?? 0,
    lastBreachMs: msOf(row, 'last_breach_at') ?? 0,
    firedMs: msOf(row, 'fired_at'),
    resolvedMs: msOf(row, 'resolved_at'),
    acknowledgedBy: textOrNull(row, 'acknowledged_by'),
    acknowledgedMs: msOf(row, 'acknowledged_at'),
    note: textOrNull(row, 'note'),
    toldMs: msOf(row, 'told_at'),
  };
}

function toSilence(row: Row): StoredSilence {
  return {
    id: text(row, 'id'),
    rule: alertRuleNameSchema.nullable().parse(row['rule']),
    subject: textOrNull(row, 'subject'),
    reason: text(row, 'reason'),
    by: text(row, 'created_by'),
    createdMs: msOf(row, 'created_at') ?? 0,
    untilMs: msOf(row, 'until') ?? 0,
  };
}

function toNotice(row: Row): QueuedNotice {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `change` above
  const notice = row['notice'] as NoticeText;
  return { id: text(row, 'id'), attempts: Number(row['attempts']), createdMs: msOf(row, 'created_at') ?? 0, text: notice };
}

function msOf(row: Row, column: string): number | null {
  const value = row[column];
  return value instanceof Date ? value.getTime() : null;
}
