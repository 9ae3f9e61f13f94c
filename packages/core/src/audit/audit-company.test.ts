import { expect, test } from 'vitest';
import type { AuditDraft } from './audit-chain.ts';
import { AuditCompany } from './audit-company.ts';

const draft = (kind: 'intent' | 'outcome', auditId: string): AuditDraft => ({
  columns: { kind, auditId, at: '', operation: 'buckets.update', identity: null, outcome: null, resource: null, writer: 'w' },
  members: {},
});

/** A company that has seen many operations of this length. */
function createCompany(lengthMs: number) {
  let nowMs = 0;
  const company = new AuditCompany(() => nowMs);
  for (let run = 0; run < 100; run += 1) {
    company.written(draft('intent', 'past'));
    nowMs += lengthMs;
    company.waits(draft('outcome', 'past'));
  }
  return company;
}

function waitBeside(company: AuditCompany): number {
  company.written(draft('intent', 'other'));
  return company.waitMs();
}

test('nobody waits who is alone', () => {
  const company = createCompany(40);
  expect(company.waitMs()).toBe(0);
  company.waits(draft('intent', 'one'));
  expect(company.waitMs()).toBe(0);
  company.written(draft('intent', 'one'));
  company.waits(draft('outcome', 'one'));
  expect(company.waitMs()).toBe(0);
});

test('while others run, a record waits a tenth of what operations take, and no more than 5 ms', () => {
  expect(waitBeside(createCompany(3))).toBe(0);
  expect(waitBeside(createCompany(41))).toBe(4);
  expect(waitBeside(createCompany(30_000))).toBe(5);
});
