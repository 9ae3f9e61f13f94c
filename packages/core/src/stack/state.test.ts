import { SERVICE_STATES } from '@supastor/contract/wire/service-status';
import { expect, test } from 'vitest';
import { canMove, hasProcess, moveState } from './state.ts';

test('only these moves are allowed', () => {
  const moves = SERVICE_STATES.flatMap((from) => SERVICE_STATES.filter((to) => canMove(from, to)).map((to) => `${from} -> ${to}`));
  expect(moves).toEqual([
    'stopped -> starting',
    'starting -> healthy',
    'starting -> backoff',
    'starting -> stopping',
    'starting -> crashed',
    'healthy -> unhealthy',
    'healthy -> backoff',
    'healthy -> stopping',
    'healthy -> crashed',
    'unhealthy -> healthy',
    'unhealthy -> backoff',
    'unhealthy -> stopping',
    'unhealthy -> crashed',
    'backoff -> stopped',
    'backoff -> starting',
    'backoff -> crashed',
    'stopping -> stopped',
    'crashed -> stopped',
    'crashed -> starting',
  ]);
});

test('a refused move names both states', () => {
  expect(moveState('storage', 'stopped', 'starting')).toBe('starting');
  expect(() => moveState('storage', 'stopped', 'healthy')).toThrow('storage is stopped and cannot become healthy');
});

test('a process exists in exactly these states', () => {
  expect(SERVICE_STATES.filter(hasProcess)).toEqual(['starting', 'healthy', 'unhealthy', 'stopping']);
});
