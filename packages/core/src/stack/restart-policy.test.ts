import { expect, test } from 'vitest';
import { decideRestart } from './restart-policy.ts';

const policy = { maxRestarts: 5, windowSeconds: 60, backoffInitialMs: 200, backoffMaxMs: 2000 };

test('the delay doubles up to its limit, then the service is given up', () => {
  const now = 1_000_000;
  const decisions = [0, 1, 2, 3, 4, 5].map((count) =>
    decideRestart(
      policy,
      Array.from({ length: count }, () => now - 1000),
      now,
    ),
  );
  expect(decisions).toEqual([
    { kind: 'restart', delayMs: 200 },
    { kind: 'restart', delayMs: 400 },
    { kind: 'restart', delayMs: 800 },
    { kind: 'restart', delayMs: 1600 },
    { kind: 'restart', delayMs: 2000 },
    { kind: 'give-up', restarts: 5, windowSeconds: 60 },
  ]);
});

test('restarts outside the window are forgiven', () => {
  const now = 1_000_000;
  const old = [1, 2, 3, 4, 5].map(() => now - 60_000);
  expect(decideRestart(policy, old, now)).toEqual({ kind: 'restart', delayMs: 200 });
});

test('no restarts allowed means the first exit is final', () => {
  expect(decideRestart({ ...policy, maxRestarts: 0 }, [], 0)).toEqual({ kind: 'give-up', restarts: 0, windowSeconds: 60 });
});
