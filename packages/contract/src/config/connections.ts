import { z } from 'zod';
import { field, integer } from './field.ts';

/** How slow clients of the storage server may be. */
export const storageConnectionsSchema = z.strictObject({
  headTimeoutSeconds: field(integer(1, 3600).default(60), {
    description: 'The head of a request must be complete this long after its first byte.',
    unit: 'seconds',
    env: ['SUPASTOR_HEAD_TIMEOUT_SECONDS'],
  }),
  idleTimeoutSeconds: field(integer(1, 86_400).default(120), {
    description: 'A connection on which nothing moves in either direction for this long is closed.',
    unit: 'seconds',
    env: ['SUPASTOR_IDLE_TIMEOUT_SECONDS'],
  }),
  minBodyBytesPerSecond: field(integer(0).default(100), {
    description: 'A body that brings less, on average over the idle time-out, is given up; 0 allows any.',
    env: ['SUPASTOR_MIN_BODY_BYTES_PER_SECOND'],
  }),
});
