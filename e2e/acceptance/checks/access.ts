import { better, check } from '../check.ts';
import { failed, same } from '../assert.ts';
import { signToken } from '../token.ts';

const DISTANT_SECONDS = 4_102_444_800;

export const accessChecks = [
  check('the word Bearer is optional', 'wire', async (world) => {
    const answer = await world.request('GET', '/bucket', { token: null, headers: { authorization: world.options.serviceKey } });
    same(answer.status, 200);
  }),
  check('what is no token, and a token of another key, are told apart', 'wire', async (world) => {
    failed(await world.request('GET', '/bucket', { token: 'nonsense' }), { statusCode: '403', message: 'Invalid Compact JWS' });
    const foreign = signToken({ role: 'service_role' }, 'another-secret-of-more-than-thirty-two-characters');
    failed(await world.request('GET', '/bucket', { token: foreign }), { statusCode: '403', message: 'signature verification failed' });
  }),
  check('a token that has expired, or is unsigned, is refused', 'wire', async (world) => {
    const secret = world.secret();
    const expired = signToken({ role: 'service_role', exp: 1_600_000_000 }, secret);
    const unsigned = `${signToken({ role: 'service_role' }, secret, { alg: 'none' }).split('.').slice(0, 2).join('.')}.`;
    const confused = signToken({ role: 'service_role' }, secret, { alg: 'RS256' });
    for (const token of [expired, unsigned, confused]) failed(await world.request('GET', '/bucket', { token }), { statusCode: '403' });
  }),
  better('a role outside the allowed ones is refused', 'wire', async (world) => {
    for (const role of ['postgres', 'supabase_storage_admin', 'none', 'pg_read_all_data']) {
      const token = signToken({ role, exp: DISTANT_SECONDS }, world.secret());
      failed(await world.request('GET', '/bucket', { token }), { statusCode: '403' });
    }
  }),
  check('any valid token reads a public bucket by /object/authenticated, and a broken one does not', 'wire', async (world) => {
    const bucket = await world.bucket({ public: true });
    await world.put(bucket, 'a', 'open');
    const path = `/object/authenticated/${bucket}/a`;
    same((await world.request('GET', path, { token: world.options.anonKey })).text, 'open');
    failed(await world.request('GET', path, { token: 'nonsense' }), { statusCode: '403' });
  }),
  check('/object/<public bucket> tolerates a broken token, or none', 'wire', async (world) => {
    const bucket = await world.bucket({ public: true });
    await world.put(bucket, 'a', 'open');
    same((await world.request('GET', `/object/${bucket}/a`, { token: 'nonsense' })).text, 'open');
    same((await world.request('GET', `/object/${bucket}/a`, { token: null })).text, 'open');
  }),
  check('a private bucket is not there for the public door', 'wire', async (world) => {
    const bucket = await world.bucket();
    await world.put(bucket, 'a', 'closed');
    failed(await world.request('GET', `/object/public/${bucket}/a`, { token: null }), { statusCode: '404', message: 'Bucket not found' });
  }),
];
