import { expect, test } from 'vitest';
import { checkDatabase, type DatabaseFact, type DatabasePlace } from './database-checks.ts';

const PLACE: DatabasePlace = { host: 'db.example.com', port: 5432, role: 'postgres', sslMode: 'verify-full' };
const READY: DatabaseFact = { kind: 'ready', version: '17.2', encrypted: true, replica: false };

test.each([
  [{}, READY, 'ok', 'Postgres 17.2, as postgres, with TLS (verify-full)'],
  [{ sslMode: 'require' }, READY, 'warn', 'pretend to be db.example.com'],
  [{ sslMode: 'disable' }, { ...READY, encrypted: false }, 'warn', 'not encrypted'],
  [{ host: '127.0.0.1', sslMode: 'disable' }, { ...READY, encrypted: false }, 'ok', 'on this machine'],
  [{}, { ...READY, replica: true }, 'fail', 'takes no writes'],
  [{}, { kind: 'refused', reason: 'its certificate is not trusted', hint: 'set postgres.caFile' }, 'fail', 'certificate is not trusted'],
] as const)('%j with %j is %s', (place, fact, status, detail) => {
  expect(checkDatabase({ ...PLACE, ...place }, fact)).toMatchObject({ status, detail: expect.stringContaining(detail) });
});
