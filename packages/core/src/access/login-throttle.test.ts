import { SupastorError } from '@supastor/contract/errors';
import { describe, expect, it } from 'vitest';
import { createMemoryThrottle, LOCK_SECONDS, type LoginThrottle, MAX_FAILURES, withFallback } from './login-throttle.ts';

function setUp(maxKeys = 100) {
  let nowMs = 0;
  const throttle = createMemoryThrottle({ clock: { now: () => nowMs }, maxKeys });
  const fail = async (key: string, times: number) => {
    for (let attempt = 0; attempt < times; attempt += 1) await throttle.attempt([key]);
  };
  return { throttle, fail, pass: (seconds: number) => void (nowMs += seconds * 1000) };
}

describe('login throttle', () => {
  it('locks a key after the last allowed failure and says for how long', async () => {
    const { throttle, fail } = setUp();
    await fail('a', MAX_FAILURES);
    expect(await throttle.attempt(['a'])).toBe(LOCK_SECONDS);
    expect(await throttle.attempt(['b', 'a'])).toBe(LOCK_SECONDS);
    expect(await throttle.attempt(['b'])).toBe(0);
  });

  it('unlocks when the window has passed, however often one tried meanwhile', async () => {
    const { throttle, fail, pass } = setUp();
    await fail('a', MAX_FAILURES);
    pass(LOCK_SECONDS - 1);
    expect(await throttle.attempt(['a'])).toBe(1);
    pass(1);
    expect(await throttle.attempt(['a'])).toBe(0);
  });

  it('forgets failures after a success, and one that was none', async () => {
    const { throttle, fail } = setUp();
    await fail('a', MAX_FAILURES - 1);
    await throttle.succeed(['a']);
    await fail('a', MAX_FAILURES - 1);
    await throttle.attempt(['a']);
    await throttle.undo(['a']);
    expect(await throttle.attempt(['a'])).toBe(0);
  });

  it('remembers a bounded number of keys and drops the oldest', async () => {
    const { throttle, fail } = setUp(2);
    await fail('old', MAX_FAILURES);
    await fail('b', 1);
    await fail('c', 1);
    expect(await throttle.attempt(['old'])).toBe(0);
  });

  it('counts here while the shared counter is out of reach, and only then', async () => {
    const { throttle: local, fail } = setUp();
    await fail('a', MAX_FAILURES);
    expect(await withFallback(broken('SJ_DATABASE_UNREACHABLE'), local).attempt(['a'])).toBe(LOCK_SECONDS);
    await expect(withFallback(broken('SJ_INTERNAL'), local).attempt(['a'])).rejects.toMatchObject({ code: 'SJ_INTERNAL' });
  });
});

function broken(code: 'SJ_DATABASE_UNREACHABLE' | 'SJ_INTERNAL'): LoginThrottle {
  const reject = () => Promise.reject(new SupastorError(code, 'x'));
  return { attempt: reject, undo: reject, succeed: reject };
}
