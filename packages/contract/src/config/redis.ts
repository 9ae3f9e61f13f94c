import { z } from 'zod';
import { Secret } from '../secret.ts';
import { field } from './field.ts';

const redisUrl = () =>
  z
    .string({ error: 'expected a text' })
    .refine((text) => /^rediss?:\/\/\S+$/.test(text) && URL.canParse(text), 'expected redis://host:port, or rediss:// for TLS')
    .transform((text) => new Secret(text));

/** A Redis that the servers of the control plane share; none is needed. */
export const redisSchema = z.strictObject({
  url: field(redisUrl(), {
    description:
      'Redis that keeps cached answers and request counts of all admin servers: redis://[user:password@]host:port. Unset: memory and Postgres.',
    env: ['SUPASTOR_REDIS_URL'],
    secret: true,
  }).optional(),
});
