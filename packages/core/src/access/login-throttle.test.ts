import { describe, expect, it } from 'vitest';
import { createLoginThrottle } from './login-throttle.ts';

function setUp(maxKeys = 100) {
  let nowMs = 0;
  const throttle = createLoginThrottle({ clock: { now: () => nowMs }, maxFailures: 3, windowSeconds: 60, maxKeys });
  return { throttle, pass: (seconds: number) => void (nowMs += seconds * 1000) };
}

describe('login throttle', () => {
  it('locks a key after the last allowed failure and says for how long', () => {
    const { throttle } = setUp();
    for (let attempt = 0; attempt < 2; attempt += 1) throttle.fail(['a']);
    expect(throttle.lockedForSeconds(['a'])).toBe(0);
    throttle.fail(['a']);
    expect(throttle.lockedForSeconds(['a'])).toBe(60);
    expect(throttle.lockedForSeconds(['b', 'a'])).toBe(60);
    expect(throttle.lockedForSeconds(['b'])).toBe(0);
  });

  it('unlocks when the window has passed', () => {
    const { throttle, pass } = setUp();
    for (let attempt = 0; attempt < 3; attempt += 1) throttle.fail(['a']);
    pass(59);
    expect(throttle.lockedForSeconds(['a'])).toBe(1);
    pass(1);
    expect(throttle.lockedForSeconds(['a'])).toBe(0);
  });

  it('forgets failures after a success', () => {
    const { throttle } = setUp();
    throttle.fail(['a']);
    throttle.fail(['a']);
    throttle.succeed(['a']);
    throttle.fail(['a']);
    expect(throttle.lockedForSeconds(['a'])).toBe(0);
  });

  it('remembers a bounded number of keys and drops the oldest', () => {
    const { throttle } = setUp(2);
    for (let attempt = 0; attempt < 3; attempt += 1) throttle.fail(['old']);
    throttle.fail(['b']);
    throttle.fail(['c']);
    expect(throttle.lockedForSeconds(['old'])).toBe(0);
  });
});
