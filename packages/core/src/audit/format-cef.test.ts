import type { AuditEntry } from '@supastor/contract/operations/audit';
import { expect, it } from 'vitest';
import { formatCef } from './format-cef.ts';

const entry: AuditEntry = {
  id: 'a1',
  seq: 7,
  at: '2026-11-23T08:00:00.123Z',
  operation: 'buckets.delete',
  effect: 'destructive',
  identity: { email: 'a=b@example.org', sessionId: 's1', apiKeyId: null },
  resource: 'bucket/pho|tos',
  outcome: 'denied',
  code: 'SJ_FORBIDDEN',
  durationMs: 3,
  parameters: { bucket: 'pho|tos', note: 'a\nb' },
  before: null,
  after: null,
  ip: '10.0.0.1',
  userAgent: 'x\\y\nCEF:0|forged',
  requestId: 'r1',
};

it('writes one line of syslog whose event cannot be broken out of', () => {
  const line = formatCef(entry, '1.2|3');
  expect(line).toBe(
    [
      String.raw`<108>1 2026-11-23T08:00:00.123Z - supastor - audit - CEF:0|Supastorj|supastor|1.2\|3|buckets.delete|buckets.delete|7|`,
      'rt=1795420800123 externalId=a1 act=buckets.delete outcome=denied reason=SJ_FORBIDDEN ',
      String.raw`suser=a\=b@example.org suid=s1 src=10.0.0.1 requestClientApplication=x\\y\nCEF:0|forged `,
      'cn1Label=seq cn1=7 cn2Label=durationMs cn2=3 cs1Label=resource cs1=bucket/pho|tos cs2Label=requestId cs2=r1 ',
      String.raw`cs3Label=parameters cs3={"bucket":"pho|tos","note":"a\\nb"}`,
    ].join(''),
  );
});

it('leaves out what an entry does not have', () => {
  const line = formatCef({ ...entry, identity: null, outcome: null, code: null, parameters: null, ip: null, userAgent: null }, '1');
  expect(line).not.toMatch(/suser|suid|src=|reason|outcome|cs3|null/);
  expect(line).toMatch(/^<110>1 .*\|6\|rt=/);
});
