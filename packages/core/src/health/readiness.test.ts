import { SupastorError } from '@supastor/contract/errors';
import { describe, expect, it } from 'vitest';
import { createReadinessCheck, type Probe } from './readiness.ts';

function check(probes: Readonly<Record<string, Probe>>) {
  return createReadinessCheck({ probes, version: '1', clock: { now: () => 0 }, timeoutMs: 20 });
}

describe('readiness', () => {
  it('is ready when every probe passes or is not used', async () => {
    const answer = await check({ postgres: async () => {}, meta: null })();
    expect(answer).toMatchObject({ status: 'ready', dependencies: { postgres: { state: 'up' }, meta: { state: 'disabled' } } });
  });

  it('answers although a dependency hangs', async () => {
    const answer = await check({ postgres: () => new Promise(() => {}), storage: async () => {} })();
    expect(answer).toMatchObject({
      status: 'unready',
      dependencies: { postgres: { state: 'down', detail: 'Timed out' }, storage: { state: 'up' } },
    });
  });

  it('names the kind of failure but no address', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
    const answer = await check({
      postgres: () => Promise.reject(refused),
      supervisor: () => Promise.reject(new SupastorError('SJ_SUPERVISOR_UNREACHABLE', 'No supervisor at /secret/path')),
    })();
    expect(answer.dependencies['postgres']?.detail).toBe('ECONNREFUSED');
    expect(answer.dependencies['supervisor']?.detail).toBe('Supervisor is not reachable');
  });

  it('does not probe again for every caller', async () => {
    let probes = 0;
    const ask = check({ postgres: async () => void (probes += 1) });
    await Promise.all([ask(), ask(), ask()]);
    expect(probes).toBe(1);
  });
});
