import { OPERATIONS, PERMISSIONS } from '@supastor/contract/operations/all';
import { inputInQuery } from '@supastor/contract/operations/http';
import { problemSchema } from '@supastor/contract/wire/problem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { bodyFor, pathOf } from '../testing/valid-requests.ts';

const guarded = OPERATIONS.filter(({ permission }) => permission !== null);
const cases = guarded.map((operation) => [operation.name, operation] as const);

let admin: AdminHarness;
let token: string;
let held: readonly string[] = PERMISSIONS;

beforeAll(async () => {
  admin = await startAdminHarness({ permissionsOf: () => held });
  token = await admin.login();
});
afterAll(() => admin.stop());

describe('every operation of the registry', () => {
  it.each(cases)('%s answers 401 without a session', async (_name, operation) => {
    const { status, body } = await admin.call(operation.rest.method, pathOf(operation), bodyFor(operation));
    expect(status).toBe(401);
    expect(problemSchema.parse(body).code).toBe('SJ_UNAUTHENTICATED');
  });

  it.each(cases)('%s answers 403 without its permission', async (_name, operation) => {
    held = PERMISSIONS.filter((permission) => permission !== operation.permission);
    try {
      const { status, body } = await admin.call(operation.rest.method, pathOf(operation), { token, ...bodyFor(operation) });
      expect(status).toBe(403);
      expect(problemSchema.parse(body)).toMatchObject({
        code: 'SJ_FORBIDDEN',
        detail: expect.stringContaining(String(operation.permission)),
      });
    } finally {
      held = PERMISSIONS;
    }
  });

  it.each(cases)('%s answers 400 to a field it does not know', async (_name, operation) => {
    const inQuery = inputInQuery(operation);
    const path = inQuery ? `${pathOf(operation).split('?')[0]}?unheard-of=1` : pathOf(operation);
    const { status, body } = await admin.call(operation.rest.method, path, { token, ...(!inQuery && { body: { 'unheard-of': 1 } }) });
    expect(status).toBe(400);
    expect(problemSchema.parse(body).errors?.length).toBeGreaterThan(0);
  });
});

describe('mass assignment', () => {
  const withBody = OPERATIONS.filter((operation) => !inputInQuery(operation)).map((operation) => [operation.name, operation] as const);
  const PRIVILEGES = { breakGlass: true, isAdmin: true, createdBy: 'owner', grants: [{ role: 'owner' }], passwordHash: 'x', strong: true };

  it.each(withBody)('%s refuses fields that are not for the caller to set', async (_name, operation) => {
    const { body: valid = {} } = bodyFor(operation);
    const { status, body } = await admin.call(operation.rest.method, pathOf(operation), {
      token,
      body: { ...Object(valid), ...PRIVILEGES },
    });
    expect(status).toBe(400);
    const said = JSON.stringify(problemSchema.parse(body).errors);
    expect(Object.keys(PRIVILEGES).filter((field) => !said.includes(field))).toEqual([]);
  });
});

describe('the REST door', () => {
  it('names the request in the header and in the problem', async () => {
    const { headers, body } = await admin.call('GET', '/api/v1/buckets');
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body.instance).toBe(headers.get('x-request-id'));
  });

  it('answers 404 to a route it does not have', async () => {
    expect(await admin.call('GET', '/api/v1/nothing')).toMatchObject({ status: 404, body: { code: 'SJ_NOT_FOUND' } });
  });

  it.each([
    ['broken JSON', { method: 'POST', body: '{"name":', headers: { 'content-type': 'application/json' } }, 400],
    ['a body that is no object', { method: 'POST', body: '[1]', headers: { 'content-type': 'application/json' } }, 400],
    ['a poisoned prototype', { method: 'POST', body: '{"__proto__":{"x":1}}', headers: { 'content-type': 'application/json' } }, 400],
    ['a form', { method: 'POST', body: 'name=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['plain text', { method: 'POST', body: '{"name":"x"}', headers: { 'content-type': 'text/plain' } }, 415],
    [
      'two megabytes',
      { method: 'POST', body: `{"name":"${'x'.repeat(2_000_000)}"}`, headers: { 'content-type': 'application/json' } },
      413,
    ],
  ])('refuses %s with a problem', async (_what, init, status) => {
    const response = await fetch(`${admin.url}/api/v1/buckets`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(status);
    expect(problemSchema.parse(await response.json()).status).toBe(status);
  });

  it('refuses a body that contradicts the path', async () => {
    const { status, body } = await admin.call('PATCH', '/api/v1/buckets/photos', { token, body: { bucket: 'other', public: true } });
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ path: 'bucket', message: 'differs from the path' }]);
  });

  it('says that storage is out of reach, with a hint and without an address', async () => {
    const { status, body } = await admin.call('GET', '/api/v1/buckets', { token });
    expect(status).toBe(502);
    expect(body).toMatchObject({ code: 'SJ_UPSTREAM_FAILED', hint: expect.stringContaining('supastor status') });
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
  });

  it('protects every answer with headers', async () => {
    const { headers } = await admin.call('GET', '/api/v1/nothing');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });
});
