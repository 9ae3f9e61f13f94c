import { randomUUID } from 'node:crypto';
import type { JobStore } from '@supastor/core/jobs/job.port';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AdminDatabase, createAdminDatabase } from '../admin-database.ts';

let postgres: TempPostgres;
let databases: readonly AdminDatabase[];

beforeAll(async () => {
  postgres = await startTempPostgres();
  const url = await postgres.createDatabase('limits');
  databases = [0, 1].map(() => createAdminDatabase({ url, onIdleError: () => undefined }));
});
afterAll(async () => {
  for (const database of databases ?? []) await database.close();
  await postgres?.stop();
});

const add = async (store: JobStore, kind: string) =>
  (await store.add({ id: randomUUID(), kind, title: 't', input: {}, by: 'e', schedule: null })).id;

it('no more jobs of a kind begin than may run, however many workers try at once', async () => {
  const [one, two] = databases.map(({ jobs }) => jobs);
  if (!one || !two) throw new Error('two databases were opened');
  const ids = await Promise.all(Array.from({ length: 12 }, () => add(one, 'a.b')));
  const free = await Promise.all(Array.from({ length: 3 }, () => add(one, 'c.d')));
  const begin = (wanted: readonly string[]) =>
    Promise.all(wanted.map((id, index) => (index % 2 === 0 ? one : two).begin(id, `worker ${index}`, { 'a.b': 3 })));
  const begun = (await begin(ids)).filter((job) => job !== null);
  expect(begun).toHaveLength(3);
  expect((await begin(free)).filter((job) => job !== null)).toHaveLength(3);
  const [first] = begun;
  if (!first) throw new Error('three were begun');
  await one.finish(first.id, first.attempts, { state: 'done', result: {} });
  const next = await two.nextOf('a.b');
  expect(ids).toContain(next);
  const waiting = ids.filter((id) => !begun.some((job) => job.id === id));
  expect((await begin(waiting)).filter((job) => job !== null)).toHaveLength(1);
});
