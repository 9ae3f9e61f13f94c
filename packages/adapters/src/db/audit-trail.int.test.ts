import { randomUUID } from 'node:crypto';
import type { AuditIntent } from '@supastor/core/audit/audit-sink.port';
import { createAuditLog } from '@supastor/core/audit/audit-log';
import { createAuditSeal } from '@supastor/core/audit/audit-seal';
import { createAuditTrail } from '@supastor/core/audit/audit-trail';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAdminDatabase } from './admin-database.ts';

const SECRET = 'audit-secret-of-these-tests-0123456789';
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const signal = AbortSignal.timeout(600_000);

let postgres: TempPostgres;
let count = 0;
const ends: (() => Promise<void>)[] = [];

beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
afterAll(() => postgres.stop());

function open(url: string, { secret = SECRET, writer = 'writer' } = {}) {
  const database = createAdminDatabase({ url, processId: randomUUID(), onIdleError: () => {} });
  ends.push(() => database.close());
  const seal = createAuditSeal(secret);
  const clock = { now: () => 1_800_000_000_000 };
  const trail = createAuditTrail({ store: database.audit, seal, writer, clock, logger: silent });
  const log = createAuditLog({ store: database.audit, trail, seal, clock });
  return { trail, log, verify: () => log.verify(null, signal) };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  ends.unshift(() => client.end());
  return client;
}

async function newDatabase(): Promise<string> {
  count += 1;
  return postgres.createDatabase(`audit_${count}`);
}

const intent = (auditId: string): AuditIntent => ({
  auditId,
  at: '2026-11-23T08:00:00.123Z',
  operation: 'buckets.create',
  effect: 'write',
  identity: { email: 'a@example.org', sessionId: 's', apiKeyId: null },
  resource: 'bucket/photos',
  parameters: { name: 'photos', note: 'null \u0000 and half \ud800' },
  requestId: 'r',
  ip: '127.0.0.1',
  userAgent: null,
});
const outcome = (auditId: string) =>
  ({
    auditId,
    at: '2026-11-23T08:00:01.000Z',
    operation: 'buckets.create',
    outcome: 'done',
    code: null,
    durationMs: 5,
    change: {},
  }) as const;
const must = { deferrable: false };

type Trail = ReturnType<typeof open>['trail'];
async function write(trail: Trail, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index += 1) {
    await trail.intent(intent(`id-${index}`), must);
    await trail.outcome(outcome(`id-${index}`));
  }
}

describe('the audit trail', () => {
  it('grows by exactly two rows per operation, also from two processes at once', async () => {
    const url = await newDatabase();
    const [first, second] = [open(url, { writer: 'one' }), open(url, { writer: 'two' })];
    const runs = [first, second].flatMap(({ trail }, index) =>
      Array.from({ length: 40 }, async (_, run) => {
        await trail.intent(intent(`${index}-${run}`), must);
        await trail.outcome(outcome(`${index}-${run}`));
      }),
    );
    await Promise.all(runs);
    expect(await second.verify()).toMatchObject({ rows: 160, firstBad: null });
    const { entries } = await first.log.list({}, { cursor: null, limit: 100 });
    expect(entries.filter((entry) => entry.outcome === 'done')).toHaveLength(80);
  });

  it('is migrated once by servers that start at the same time', async () => {
    const url = await newDatabase();
    const servers = Array.from({ length: 6 }, () => open(url));
    await Promise.all(servers.map(({ verify }) => verify()));
    expect(
      (await (await connect(url)).query('select id from supastor.migrations group by id having count(*) = 1')).rows.length,
    ).toBeGreaterThan(0);
  });

  it('refuses changes to the role the service signs in as', async () => {
    const url = await newDatabase();
    const admin = await connect(url);
    await admin.query(`do $$ begin create role service_login login createrole; exception when duplicate_object then null; end $$`);
    await admin.query(`grant create on database ${new URL(url).pathname.slice(1)} to service_login`);
    const loginUrl = url.replace('postgres@', 'service_login@');
    const { trail, verify } = open(loginUrl);
    await write(trail, 0, 3);
    await trail.checkpoint();
    const login = await connect(loginUrl);
    for (const sql of [
      "update supastor.audit_log set operation = 'x' where seq = 1",
      'delete from supastor.audit_log',
      'truncate supastor.audit_log',
      "insert into supastor.audit_log select 99, 'intent', 'x', at, operation, null, null, null, '', '', '', '', '', '' from supastor.audit_log limit 1",
      'delete from supastor.audit_checkpoints',
    ]) {
      await expect(
        login.query(sql).then(() => 'let through'),
        sql,
      ).rejects.toThrow(/permission denied|can only grow/);
    }
    await expect(admin.query('delete from supastor.audit_log')).rejects.toThrow('can only grow');
    expect(await verify()).toMatchObject({ rows: 6, checkpoints: 1, firstBad: null });
  });

  it('closes what a dead process left open, once, and nothing of a living one', async () => {
    const url = await newDatabase();
    const [dead, living, next] = [open(url, { writer: 'dead' }), open(url, { writer: 'living' }), open(url, { writer: 'next' })];
    await dead.trail.intent(intent('left'), must);
    await living.trail.intent(intent('running'), must);
    const presence = await connect(url);
    await presence.query("select pg_advisory_lock(7303002, hashtext('living'))");
    await Promise.all([next.trail.settle(), open(url, { writer: 'other' }).trail.settle()]);
    const { entries } = await next.log.list({}, { cursor: null, limit: 10 });
    expect(entries.map(({ id, outcome: result }) => `${id} ${result}`)).toEqual(['running null', 'left interrupted']);
    await living.trail.outcome(outcome('running'));
    expect(await next.verify()).toMatchObject({ rows: 4, firstBad: null });
  });

  it('refuses an intent while Postgres is down, and writes outcomes and deferrable records once it is back', async () => {
    const own = await startTempPostgres();
    try {
      const { trail, log, verify } = open(await own.createDatabase('down'));
      await trail.intent(intent('before'), must);
      process.kill(own.pid, 'SIGKILL');
      const read = () =>
        log.list({}, { cursor: null, limit: 10 }).then(
          () => 'up',
          (error) => error.code,
        );
      await expect.poll(read).toBe('SJ_DATABASE_UNREACHABLE');
      await expect(trail.intent(intent('refused'), must)).rejects.toMatchObject({ code: 'SJ_AUDIT_UNAVAILABLE' });
      await trail.intent(intent('login'), { deferrable: true });
      await trail.outcome(outcome('login'));
      await trail.outcome(outcome('before'));
      await expect
        .poll(
          () =>
            own.restart().then(
              () => 'up',
              () => 'not yet',
            ),
          { timeout: 10_000 },
        )
        .toBe('up');
      const states = async () => {
        await trail.settle();
        const { entries } = await log.list({}, { cursor: null, limit: 10 });
        return entries.map((entry) => `${entry.id} ${entry.outcome}`);
      };
      await expect.poll(() => states().catch(() => []), { timeout: 10_000 }).toEqual(['login done', 'before done']);
      expect(await verify()).toMatchObject({ rows: 4, firstBad: null });
    } finally {
      await own.stop();
    }
  });

  it('goes on under a new key and says which rows only their chain protects', async () => {
    const url = await newDatabase();
    await write(open(url).trail, 0, 3);
    const renewed = open(url, { secret: `${SECRET}-new` });
    await write(renewed.trail, 3, 5);
    await renewed.trail.checkpoint();
    expect(await renewed.verify()).toMatchObject({ rows: 10, rowsUnderOtherKeys: 6, firstBad: null });
  });
});

const ROWS = 60;
const hashOf = (prev: string, entry: string) => `encode(sha256(convert_to(${prev} || chr(10) || ${entry}, 'UTF8')), 'hex')`;
/** Gives every row from `seq` on a new hash, as someone without the key can. */
const rehash = (seq: number) => `do $$ declare r record; prev text; begin
  select hash into prev from supastor.audit_log where seq = ${seq - 1};
  prev := coalesce(prev, repeat('0', 64));
  for r in select seq, entry from supastor.audit_log where seq >= ${seq} order by seq loop
    update supastor.audit_log set prev_hash = prev, hash = ${hashOf('prev', 'r.entry')} where seq = r.seq;
    select hash into prev from supastor.audit_log where seq = r.seq;
  end loop; end $$`;
const closeGap = (seq: number) =>
  `update supastor.audit_log set seq = -seq where seq > ${seq}; update supastor.audit_log set seq = -seq - 1 where seq < 0`;
const unlock = 'alter table supastor.audit_log drop constraint if exists audit_log_seq_check';
const copyRow = (from: number, to: number) => `insert into supastor.audit_log
  select ${to}, kind, audit_id || '-copy', at, operation, identity, outcome, resource, writer, entry, prev_hash, hash, mac, key_id
  from supastor.audit_log where seq = ${from}`;
const swap = (a: number, b: number) => `update supastor.audit_log set seq = -1 where seq = ${a};
  update supastor.audit_log set seq = ${a} where seq = ${b}; update supastor.audit_log set seq = ${b} where seq = -1`;

describe('tampering by SQL', () => {
  type Tampering = readonly [what: string, sql: (seq: number) => string, problem: string, at?: (seq: number) => number];
  const TAMPERINGS: readonly Tampering[] = [
    ['a changed entry', (s) => `update supastor.audit_log set entry = replace(entry, '"seq"', '"Seq"') where seq = ${s}`, 'changed'],
    [
      'a changed entry with a new hash',
      (s) => `update supastor.audit_log set entry = entry || ' ', hash = ${hashOf('prev_hash', "entry || ' '")} where seq = ${s}`,
      'changed',
    ],
    [
      'a changed entry and all hashes after it',
      (s) => `update supastor.audit_log set entry = replace(entry, '2026', '2025') where seq = ${s}; ${rehash(s)}`,
      'changed',
    ],
    ['another search column', (s) => `update supastor.audit_log set operation = 'buckets.list' where seq = ${s}`, 'changed'],
    ['another identity', (s) => `update supastor.audit_log set identity = 'b@example.org' where seq = ${s}`, 'changed'],
    ['another time', (s) => `update supastor.audit_log set at = at + interval '1 second' where seq = ${s}`, 'changed'],
    ['another outcome', (s) => `update supastor.audit_log set outcome = 'denied' where seq = ${s}`, 'changed'],
    ['another hash', (s) => `update supastor.audit_log set hash = repeat('a', 64) where seq = ${s}`, 'changed'],
    ['another link', (s) => `update supastor.audit_log set prev_hash = repeat('a', 64) where seq = ${s}`, 'changed'],
    ['another seal', (s) => `update supastor.audit_log set mac = repeat('a', 64) where seq = ${s}`, 'changed'],
    [
      'another key',
      (s) =>
        `update supastor.audit_log set key_id = 'x', mac = '' where seq > ${s}; update supastor.audit_log set key_id = 'x', entry = 'x' where seq = ${s}`,
      'changed',
    ],
    ['a deleted row', (s) => `delete from supastor.audit_log where seq = ${s}`, 'deleted'],
    ['five deleted rows', (s) => `delete from supastor.audit_log where seq between ${s} and ${s + 4}`, 'deleted'],
    ['a deleted row, the rest renumbered', (s) => `delete from supastor.audit_log where seq = ${s}; ${closeGap(s)}`, 'deleted'],
    [
      'an inserted copy, the rest renumbered',
      (s) =>
        `update supastor.audit_log set seq = -seq where seq >= ${s}; update supastor.audit_log set seq = -seq + 1 where seq < 0; ${copyRow(2, s)}`,
      'reordered',
    ],
    [
      'an inserted row of one’s own, the rest renumbered',
      (s) =>
        `update supastor.audit_log set seq = -seq where seq >= ${s}; update supastor.audit_log set seq = -seq + 1 where seq < 0; ${copyRow(2, s)}; update supastor.audit_log set entry = '{}' where seq = ${s}`,
      'inserted',
    ],
    ['two swapped rows', (s) => swap(s, s + 3), 'reordered'],
    ['two swapped neighbours', (s) => swap(s, s + 1), 'reordered'],
    ['a cut tail', (s) => `delete from supastor.audit_log where seq >= ${s}`, 'truncated'],
    [
      'a cut tail without its checkpoints',
      (s) => `delete from supastor.audit_log where seq >= ${s}; delete from supastor.audit_checkpoints where seq >= ${s}`,
      'truncated',
    ],
  ];

  it('is located 200 times out of 200', async () => {
    const url = await newDatabase();
    const { trail, verify } = open(url);
    await write(trail, 0, 20);
    await trail.checkpoint();
    await write(trail, 20, ROWS / 2);
    await trail.checkpoint();
    expect(await verify()).toMatchObject({ rows: ROWS, checkpoints: 2, firstBad: null });
    const attacker = await connect(url);
    await attacker.query(`set session_replication_role = replica; ${unlock}`);
    await attacker.query(
      'create table saved_log as table supastor.audit_log; create table saved_checkpoints as table supastor.audit_checkpoints',
    );
    const wrong: string[] = [];
    for (const [what, sql, problem, at = (seq: number) => seq] of TAMPERINGS) {
      for (const seq of [3, 8, 13, 19, 24, 30, 37, 41, 47, 52]) {
        await attacker.query(sql(seq));
        const { firstBad } = await verify();
        if (firstBad?.problem !== problem || firstBad.seq !== at(seq)) wrong.push(`${what} at ${seq}: ${JSON.stringify(firstBad)}`);
        await attacker.query(`truncate supastor.audit_log, supastor.audit_checkpoints; insert into supastor.audit_log table saved_log;
          insert into supastor.audit_checkpoints table saved_checkpoints`);
      }
    }
    expect(wrong).toEqual([]);
    expect((await verify()).firstBad).toBeNull();
  });

  it('is located in the last rows, in front of the first and in the checkpoints', async () => {
    const url = await newDatabase();
    const { trail } = open(url);
    await write(trail, 0, 5);
    await trail.checkpoint();
    const attacker = await connect(url);
    await attacker.query(`set session_replication_role = replica; ${unlock}`);
    const found = async (sql: string) => {
      await attacker.query(`begin; ${sql}; commit`);
      return (await open(url).verify()).firstBad;
    };
    expect(await found(copyRow(2, 11))).toMatchObject({ seq: 11, problem: 'reordered' });
    expect(await found("update supastor.audit_log set entry = '{}' where seq = 11")).toMatchObject({ seq: 11, problem: 'inserted' });
    expect(await found("delete from supastor.audit_log where seq = 11; update supastor.audit_checkpoints set at = 'never'")).toMatchObject({
      problem: 'checkpoint',
    });
    expect(await found('delete from supastor.audit_log where seq = 1')).toMatchObject({ seq: 1, problem: 'deleted' });
  });

  it('of the whole tail is noticed by the next write, and by a head noted elsewhere', async () => {
    const url = await newDatabase();
    const { trail, log, verify } = open(url);
    await write(trail, 0, 5);
    const { head } = await verify();
    const attacker = await connect(url);
    await attacker.query('set session_replication_role = replica; delete from supastor.audit_log where seq > 6');
    await write(trail, 5, 9);
    expect((await verify()).firstBad).toMatchObject({ seq: 7, problem: 'truncated' });
    const restarted = open(url);
    expect((await restarted.verify()).firstBad).toBeNull();
    expect((await restarted.log.verify(head, signal)).firstBad).toMatchObject({ seq: 10, problem: 'changed' });
    expect((await log.verify({ seq: 99, hash: '0'.repeat(64) }, signal)).firstBad).not.toBeNull();
  });
});
