import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILT_IN_ROLES } from '@supastor/contract/access/roles';
import { OPERATIONS, PERMISSIONS, type RegisteredOperation } from '@supastor/contract/operations/all';
import { API_PREFIX } from '@supastor/contract/operations/http';
import { ROLE_TABLE } from '@supastor/core/access/testing/role-table';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { OTHER_ROUTES, type Verdict, verdictOf } from '../testing/access-verdict.ts';
import { addPerson, signIn } from '../testing/people.ts';
import { bodyFor, pathOf } from '../testing/valid-requests.ts';

const ROLES: readonly string[] = BUILT_IN_ROLES.map(({ name }) => name);
/** `one bucket`: developer of another bucket than the requests are about. `key`: an API key with every permission of an owner. */
const IDENTITIES = ['nobody', 'disabled', ...ROLES, 'one bucket', 'key'] as const;

/** What a developer of another bucket gets where the request alone does not tell. */
const ELSEWHERE: Readonly<Record<string, Verdict>> = {
  'buckets.create': 'hidden',
  'objects.search': 'denied',
  'usage.get': 'denied',
  'links.list': 'denied',
  'webhooks.update': 'denied',
};

/** These end sessions of this very test, so everybody signs in again before each. */
const SESSION_ENDERS: readonly string[] = ['session.logout', 'sessions.revokeOthers', 'account.revokeOtherSessions'];

let postgres: TempPostgres;
let dir: TempDir;
let admin: AdminHarness;
const routes: string[] = [];
const tokens = new Map<string, string>();

function noteRoutes(message: unknown): void {
  if (!isBeginning(message)) return;
  message.fastify.addHook('onRoute', ({ method, url }) => {
    routes.push(...[method].flat().map((each) => `${each} ${url}`));
  });
}

/** What Fastify tells when it is made, before it has any route. */
function isBeginning(message: unknown): message is { readonly fastify: FastifyInstance } {
  return typeof message === 'object' && message !== null && 'fastify' in message;
}

const isPerson = (who: string) => ROLES.includes(who) || who === 'one bucket';
const emailOf = (who: string) => `${who.replace(' ', '-')}@example.org`;
async function signAllIn(): Promise<void> {
  for (const who of IDENTITIES.filter(isPerson)) tokens.set(who, await signIn(admin, emailOf(who)));
}

beforeAll(async () => {
  subscribe('fastify.initialization', noteRoutes);
  [postgres, dir] = await Promise.all([startTempPostgres(), createTempDir('dashboard')]);
  await writeFile(join(dir.path, 'index.html'), '<!doctype html><title>x</title>');
  admin = await startAdminHarness({ databaseUrl: await postgres.createDatabase('matrix'), dashboardDir: dir.path });
  const owner = await admin.login();
  for (const role of ROLES) await addPerson(admin, owner, { email: `${role}@example.org`, role });
  await addPerson(admin, owner, { email: 'one-bucket@example.org', role: 'developer', scope: { bucket: 'music' } });
  const gone = await addPerson(admin, owner, { email: 'disabled@example.org', role: 'owner' });
  tokens.set('disabled', await signIn(admin, gone.email));
  await admin.call('POST', `/api/v1/users/${gone.id}/disable`, { token: owner, body: {} });
  const { body } = await admin.call('POST', '/api/v1/api-keys', { token: owner, body: { name: 'all', permissions: PERMISSIONS } });
  tokens.set('key', body.secret);
  await signAllIn();
}, 120_000);
afterAll(async () => {
  unsubscribe('fastify.initialization', noteRoutes);
  await admin?.stop();
  await postgres?.stop();
  await dir?.remove();
});

async function askAsEach(method: string, path: string, more: object = {}): Promise<Record<string, Verdict>> {
  const answers = IDENTITIES.map(async (who): Promise<[string, Verdict]> => {
    const token = tokens.get(who);
    return [who, verdictOf(await admin.call(method, path, { ...(token !== undefined && { token }), ...more }))];
  });
  return Object.fromEntries(await Promise.all(answers));
}

/** What the table and the rules of the house say. */
function expected(operation: RegisteredOperation): Record<string, Verdict> {
  const { name, permission } = operation;
  const open = permission === null;
  const allowed = ROLE_TABLE[name].split(' ');
  const names = JSON.stringify({ path: operation.rest.path, ...bodyFor(operation) });
  const elsewhere = ELSEWHERE[name] ?? (/\{bucket\}|"bucket":/.test(names) ? 'hidden' : operation.scope === undefined ? 'denied' : 'yes');
  return {
    nobody: open ? 'yes' : 'no session',
    disabled: open ? 'yes' : 'no session',
    ...Object.fromEntries(ROLES.map((role) => [role, allowed.includes(role) ? 'yes' : 'denied'])),
    'one bucket': open ? 'yes' : allowed.includes('developer') ? elsewhere : 'denied',
    key: !open && name.startsWith('account.') ? 'no account' : 'yes',
  };
}

describe('every operation', () => {
  const cases = OPERATIONS.filter(({ name }) => !SESSION_ENDERS.includes(name)).map((operation) => [operation.name, operation] as const);

  it.each(cases)('%s lets in just whom the table lets in', async (name, operation) => {
    const seen = await askAsEach(operation.rest.method, pathOf(operation), bodyFor(operation));
    expect({ [name]: seen }).toEqual({ [name]: expected(operation) });
  });
});

it.each(SESSION_ENDERS)('%s, which ends sessions, lets in just whom the table lets in', async (name) => {
  const operation = OPERATIONS.find((one) => one.name === name);
  if (!operation) throw new Error(`there is no operation ${name}`);
  const seen: Record<string, Verdict> = {};
  for (const who of IDENTITIES) {
    const token = isPerson(who) ? await signIn(admin, emailOf(who)) : tokens.get(who);
    const request = { ...(token !== undefined && { token }), ...bodyFor(operation) };
    seen[who] = verdictOf(await admin.call(operation.rest.method, pathOf(operation), request));
  }
  expect({ [name]: seen }).toEqual({ [name]: { ...expected(operation), key: name === 'sessions.revokeOthers' ? 'yes' : 'no account' } });
});

describe('every route that is no operation', () => {
  beforeAll(signAllIn);

  it('is in the list', () => {
    const operations = new Set(OPERATIONS.map(({ rest }) => `${rest.method} ${API_PREFIX}${rest.path.replaceAll(/\{(\w+)\}/g, ':$1')}`));
    const others = routes.filter((route) => !operations.has(route) && !/^(?:HEAD|OPTIONS) /.test(route));
    expect([...new Set(others)].toSorted()).toEqual(Object.keys(OTHER_ROUTES).toSorted());
  });

  it.each(Object.entries(OTHER_ROUTES))('%s lets in %s', async (route, who) => {
    const [method = '', path = ''] = route.split(' ');
    const seen = await askAsEach(method, path.replace('*', 'some-page'), method === 'POST' ? { body: {} } : {});
    const strangers = who === 'everybody' ? 'yes' : 'no session';
    expect(seen).toEqual({
      ...Object.fromEntries(IDENTITIES.map((each) => [each, 'yes'])),
      nobody: strangers,
      disabled: strangers,
      'one bucket': who === 'metrics:read' ? 'denied' : 'yes',
    });
  });
});
