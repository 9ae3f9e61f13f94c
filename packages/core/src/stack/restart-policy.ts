import type { RestartPolicy } from './service-spec.ts';

export type RestartDecision =
  | { readonly kind: 'restart'; readonly delayMs: number }
  | { readonly kind: 'give-up'; readonly restarts: number; readonly windowSeconds: number };

/**
 * What to do after an unwanted exit. `restartsAtMs` are the times of earlier restarts; those within the window count.
 * The delay doubles with each of them; one more than `maxRestarts` is a crash loop.
 */
export function decideRestart(policy: RestartPolicy, restartsAtMs: readonly number[], nowMs: number): RestartDecision {
  const recent = recentRestarts(policy, restartsAtMs, nowMs).length;
  if (recent >= policy.maxRestarts) return { kind: 'give-up', restarts: recent, windowSeconds: policy.windowSeconds };
  return { kind: 'restart', delayMs: Math.min(policy.backoffMaxMs, policy.backoffInitialMs * 2 ** recent) };
}

/** The restarts that still count. */
export function recentRestarts(policy: RestartPolicy, restartsAtMs: readonly number[], nowMs: number): readonly number[] {
  return restartsAtMs.filter((at) => nowMs - at < policy.windowSeconds * 1000);
}
