import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { failures } from '../../errors.ts';
import { scopeOf } from '../caller.ts';

/** @throws ProtocolError AccessDenied for every role but service_role; `what` names what it may not touch */
export function requireServiceRole(request: FastifyRequest, what: string): void {
  if (scopeOf(request).role !== 'service_role') throw failures.accessDenied(`${what} is for service_role only`);
}

/** @throws ProtocolError InvalidRequest naming every field that is wrong; `where` says what they are fields of */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, where: 'body' | 'querystring' | 'params'): z.output<S> {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw failures.invalidRequest(`${where} ${problems.join('; ')}`);
}
