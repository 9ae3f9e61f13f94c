import { BUILT_IN_ROLES } from '@supastor/contract/access/roles';
import { OPERATIONS } from '@supastor/contract/operations/all';
import { ROLE_TABLE } from '@supastor/core/access/testing/role-table';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { addPerson, signIn } from '../testing/people.ts';
import { bodyFor, pathOf } from '../testing/valid-requests.ts';

let postgres: TempPostgres;
let admin: AdminHarness;
const tokens = new Map<string, string>();

beforeAll(async () => {
  postgres = await startTempPostgres();
  admin = await startAdminHarness({ databaseUrl: await postgres.createDatabase('matrix') });
  const owner = await admin.login();
  for (const { name: role } of BUILT_IN_ROLES) {
    await addPerson(admin, owner, { email: `${role}@example.org`, role });
    tokens.set(role, await signIn(admin, `${role}@example.org`));
  }
}, 60_000);
afterAll(async () => {
  await admin.stop();
  await postgres.stop();
});

/** These end the sessions of this very test; who may run them is tested without running them. */
const SESSION_ENDERS: readonly string[] = ['session.logout', 'sessions.revokeOthers', 'account.revokeOtherSessions'];
const cases = OPERATIONS.filter(({ permission }) => permission !== null).map((operation) => [operation.name, operation] as const);

it.each(cases)('%s lets in just the roles of the table', async (name, operation) => {
  const allowed = ROLE_TABLE[name].split(' ');
  const verdicts: string[] = [];
  for (const [role, token] of tokens) {
    const harmless = !allowed.includes(role) || !SESSION_ENDERS.includes(name);
    const answer = harmless ? await admin.call(operation.rest.method, pathOf(operation), { token, ...bodyFor(operation) }) : null;
    if (!isDenied(answer?.body)) verdicts.push(role);
  }
  expect({ [name]: verdicts }).toEqual({ [name]: allowed });
});

function isDenied(body: unknown): boolean {
  return JSON.stringify(body ?? null).includes('does not hold the permission');
}
