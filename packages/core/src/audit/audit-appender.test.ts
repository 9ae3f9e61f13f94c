import { expect, test } from 'vitest';
import { createAuditAppender } from './audit-appender.ts';
import { type AuditDraft, type AuditHead, type AuditRow, GENESIS } from './audit-chain.ts';
import { AuditCompany } from './audit-company.ts';
import { createAuditSeal } from './audit-seal.ts';

const seal = createAuditSeal('audit-secret-of-these-tests-0123456789');
const draft = (kind: 'intent' | 'outcome', auditId: string): AuditDraft => ({
  columns: { kind, auditId, at: '', operation: 'buckets.update', identity: null, outcome: null, resource: null, writer: 'w' },
  members: {},
});

/** A store that keeps rows in memory and says how many came with each commit. */
function createStore() {
  const commits: (readonly string[])[] = [];
  let head: AuditHead = GENESIS;
  return {
    commits,
    head: async () => head,
    async append(expected: AuditHead, rows: readonly AuditRow[]) {
      expect(expected).toEqual(head);
      const last = rows.at(-1);
      head = last === undefined ? head : { seq: last.seq, hash: last.hash };
      commits.push(rows.map(({ kind, auditId }) => `${kind} ${auditId}`));
      return { appended: true, head };
    },
  };
}

function open(waitMs: () => number) {
  const store = createStore();
  const company = new AuditCompany();
  company.waitMs = waitMs;
  const appender = createAuditAppender({ store, seal, onCut: () => {}, company });
  return { store, append: (kind: 'intent' | 'outcome', auditId: string) => appender.append(draft(kind, auditId)) };
}

test('records that come while one waits for company share its commit, in the order in which they came', async () => {
  let waitMs = 50;
  const { store, append } = open(() => waitMs);
  const written = [append('intent', 'a'), append('outcome', 'b')];
  await new Promise((resolve) => setImmediate(resolve));
  expect(store.commits).toEqual([]);
  // The last operation that ran has ended: there is nobody left to wait for.
  waitMs = 0;
  written.push(append('intent', 'c'));
  await Promise.all(written);
  expect(store.commits).toEqual([['intent a', 'outcome b', 'intent c']]);
});

test('a record whose company does not come is written when its time is over', async () => {
  const { store, append } = open(() => 2);
  await append('intent', 'a');
  expect(store.commits).toEqual([['intent a']]);
});

test('records of the same moment share a commit, and none resolves before it', async () => {
  const { store, append } = open(() => 0);
  const order: string[] = [];
  const keep = (name: string) => () => void order.push(`${name} after ${store.commits.length}`);
  await Promise.all([append('intent', 'a').then(keep('a')), append('intent', 'b').then(keep('b'))]);
  expect(store.commits).toEqual([['intent a', 'intent b']]);
  expect(order).toEqual(['a after 1', 'b after 1']);
});
