import { authoriseByGrants } from '@supastor/core/access/authorise';
import type { Identity } from '@supastor/core/access/identity';

const CHECKS = 200_000;
const SCOPES = 50;

/** Time of one check, for somebody who holds a permission in fifty scopes of which the last one fits. */
export function microsecondsToAuthorise(): number {
  const permission = 'objects:read';
  const grants = Array.from({ length: SCOPES }, (_, index) => ({
    role: 'bench',
    permissions: new Set([permission]),
    scope: { bucket: `bucket-${index}`, prefix: 'team/' },
  }));
  const identity: Identity = {
    userId: 'bench',
    email: 'bench@example.org',
    name: 'Bench',
    role: 'bench',
    sessionId: 'bench',
    expiresAtMs: Number.MAX_SAFE_INTEGER,
    grants,
    permissions: new Set([permission]),
  };
  const targets = [{ bucket: `bucket-${SCOPES - 1}`, path: 'team/a.txt' }];
  const startMs = performance.now();
  for (let index = 0; index < CHECKS; index += 1) authoriseByGrants(identity, permission, targets);
  return ((performance.now() - startMs) / CHECKS) * 1000;
}
