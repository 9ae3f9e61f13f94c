import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminHarness, EMAIL, PASSWORD, startAdminHarness } from '../testing/admin-harness.ts';

const FRIEND = 'https://tools.example.org';

let admin: AdminHarness;
let token: string;
let cookie: string;

beforeAll(async () => {
  admin = await startAdminHarness({ corsOrigins: [FRIEND] });
  token = await admin.login();
  const { headers } = await admin.call('POST', '/api/v1/session', { body: { email: EMAIL, password: PASSWORD } });
  cookie = headers.getSetCookie()[0]?.split(';')[0] ?? '';
});
afterAll(() => admin?.stop());

describe('pages of a listed origin', () => {
  it('may ask beforehand', async () => {
    const answer = await admin.call('OPTIONS', '/api/v1/buckets', { headers: { origin: FRIEND, 'access-control-request-method': 'POST' } });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(FRIEND);
    expect(answer.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('may call with a bearer token, and read refusals', async () => {
    const headers = { origin: FRIEND, 'sec-fetch-site': 'cross-site' };
    const answer = await admin.call('GET', '/api/v1/system', { token, headers });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, FRIEND]);
    expect(answer.headers.get('vary')).toContain('origin');
    const refused = await admin.call('GET', '/api/v1/system', { headers });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, FRIEND]);
    expect(
      (await admin.call('POST', '/api/v1/batch', { token, headers, body: { operations: [{ operation: 'system.info', input: {} }] } }))
        .status,
    ).toBe(200);
  });

  it('are nobody with the cookie alone', async () => {
    expect((await admin.call('GET', '/api/v1/system', { headers: { origin: FRIEND, cookie } })).status).toBe(401);
  });
});

it.each([['https://evil.example'], ['https://tools.example.org.evil.example'], ['null'], ['http://tools.example.org']])(
  'pages of %s are refused what changes something, and may read nothing',
  async (origin) => {
    const preflight = await admin.call('OPTIONS', '/api/v1/buckets', { headers: { origin, 'access-control-request-method': 'POST' } });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    const answer = await admin.call('POST', '/api/v1/buckets', { token, headers: { origin }, body: { name: 'x' } });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  },
);
