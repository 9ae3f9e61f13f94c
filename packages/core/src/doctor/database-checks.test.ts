import { expect, test } from 'vitest';
import { checkDatabase, checkReplica, type DatabaseFact, type DatabasePlace, type ReplicaFact } from './database-checks.ts';

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

const FOLLOWING: ReplicaFact = { kind: 'ready', standby: true, sameCluster: true, lagBytes: 16, paused: false };

test.each([
  [FOLLOWING, 'ok', 'db2:5432, 16 bytes behind'],
  [{ ...FOLLOWING, lagBytes: null }, 'ok', 'unknown lag'],
  [{ ...FOLLOWING, paused: true }, 'warn', 'does not replay (paused), 16 bytes behind'],
  [{ ...FOLLOWING, standby: false }, 'warn', 'is no standby'],
  [{ ...FOLLOWING, sameCluster: false }, 'warn', 'another cluster'],
  [{ kind: 'refused', reason: 'connect ECONNREFUSED', hint: null }, 'warn', 'connect ECONNREFUSED'],
] as const)('a replica that is %j is %s', (fact, status, detail) => {
  expect(checkReplica('db2:5432', fact)).toMatchObject({ status, detail: expect.stringContaining(detail) });
});
