import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { decodeJwt } from 'jose';
import { generate } from 'otplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from '../testing/admin-harness.ts';
import { addPerson, GOOD_PASSWORD, signIn } from '../testing/people.ts';

/** How many sign-ins are tried; the long form (`npm run soak`) tries 1,000. */
const LOGINS = Number(process.env['SUPASTOR_LOGINS'] ?? 120);
const TRIES_OF_ONE = 20;
const ALLOWED = 10;
/** Within a second in the long form; a machine that is busy with other tests may take longer. */
const DEAD_WITHIN_MS = process.env['SUPASTOR_LOGINS'] === undefined ? 10_000 : 1000;
const MANY_MS = 600_000;

let postgres: TempPostgres;
let servers: readonly [AdminHarness, AdminHarness];
let owner: string;

beforeAll(async () => {
  postgres = await startTempPostgres();
  const databaseUrl = await postgres.createDatabase('logins');
  const start = () => startAdminHarness({ databaseUrl, trustedProxies: ['127.0.0.1'] });
  servers = [await start(), await start()];
  owner = await servers[0].login();
}, 60_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await postgres.stop();
});

const serverOf = (index: number) => servers[index % 2 === 0 ? 0 : 1];
let address = 0;
/** Each attempt comes from another address, as it would from a botnet. */
const anyAddress = () => `10.${((address += 1) >> 16) & 255}.${(address >> 8) & 255}.${address & 255}`;
const attempt = (index: number, email: string, password: string, more: object = {}) =>
  serverOf(index).call('POST', '/api/v1/session', { body: { email, password, ...more }, headers: { 'x-forwarded-for': anyAddress() } });
const statusOf = async (index: number, token: string) => (await serverOf(index).call('GET', '/api/v1/session', { token })).status;

it(
  `${LOGINS} guesses on two servers get ten tries each account, and take as long for somebody as for nobody`,
  async () => {
    const accounts = Array.from({ length: Math.ceil(LOGINS / TRIES_OF_ONE) }, (_, index) => ({
      kind: index % 2 === 0 ? ('somebody' as const) : ('nobody' as const),
      email: `account-${index}@example.org`,
    }));
    for (const { kind, email } of accounts) if (kind === 'somebody') await addPerson(servers[0], owner, { email, role: 'viewer' });
    const times = { somebody: [] as number[], nobody: [] as number[] };
    for (const { kind, email } of accounts) {
      const statuses: number[] = [];
      for (let index = 0; index < TRIES_OF_ONE; index += 1) {
        const startedMs = performance.now();
        const { status } = await attempt(index, email, `guess ${index}`);
        if (status === 401) times[kind].push(performance.now() - startedMs);
        statuses.push(status);
      }
      expect({ email, let: statuses.filter((status) => status === 401).length }).toEqual({ email, let: ALLOWED });
      expect(statuses.filter((status) => status === 429)).toHaveLength(TRIES_OF_ONE - ALLOWED);
      expect((await attempt(0, email, GOOD_PASSWORD)).status).toBe(429);
    }
    const [somebody, nobody] = [median(times.somebody), median(times.nobody)];
    // Without a hash to compare with, nobody would be answered ten times as fast.
    expect(Math.max(somebody, nobody) / Math.min(somebody, nobody)).toBeLessThan(3);
  },
  MANY_MS,
);

it(
  'each sign-in opens a session of its own, whatever the visitor brought along, and a revoked one is dead on both servers',
  async () => {
    const person = await addPerson(servers[0], owner, { email: 'often@example.org', role: 'viewer' });
    const planted = await signIn(servers[0], person.email);
    const sessions = new Set([decodeJwt(planted)['sid']]);
    const count = Math.ceil(LOGINS / 10);
    for (let index = 0; index < count; index += 1) {
      const { body, headers } = await serverOf(index).call('POST', '/api/v1/session', {
        body: { email: person.email, password: GOOD_PASSWORD },
        headers: { cookie: `supastor_session=${planted}`, origin: serverOf(index).url, 'x-forwarded-for': anyAddress() },
      });
      const { sid } = decodeJwt(body.token);
      sessions.add(sid);
      expect(headers.getSetCookie().join('\n')).toContain(body.token);
      expect([await statusOf(0, body.token), await statusOf(1, body.token)]).toEqual([200, 200]);
      await serverOf(index).call('DELETE', `/api/v1/account/sessions/${String(sid)}`, { token: body.token });
      expect(await statusOf(index, body.token)).toBe(401);
      await expect.poll(() => statusOf(index + 1, body.token), { timeout: DEAD_WITHIN_MS, interval: 10 }).toBe(401);
    }
    expect(sessions.size).toBe(count + 1);
  },
  MANY_MS,
);

it(
  'a code of the second factor opens one session, however often and wherever it is sent',
  async () => {
    const person = await addPerson(servers[0], owner, { email: 'code@example.org', role: 'viewer' });
    const token = await signIn(servers[0], person.email);
    const post = (path: string, body: object, bearer = token) => servers[0].call('POST', `/api/v1/account${path}`, { token: bearer, body });
    const { secret } = (await post('/second-factor', { password: GOOD_PASSWORD })).body;
    const codeOf = (steps: number) => generate({ secret, epoch: Math.floor(Date.now() / 1000) + 30 * steps });
    expect((await post('/second-factor/confirm', { code: await codeOf(0) })).status).toBe(200);
    const code = await codeOf(1);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => attempt(index, person.email, GOOD_PASSWORD, { code })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const replay = await attempt(1, person.email, GOOD_PASSWORD, { code });
    expect([401, 429]).toContain(replay.status);
  },
  MANY_MS,
);

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
