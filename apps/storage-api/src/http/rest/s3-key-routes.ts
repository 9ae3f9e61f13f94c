import { s3KeyCreateSchema, s3KeyRotateSchema, s3KeyUpdateSchema } from '@supastor/contract/wire/s3-key';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { StorageDeps } from '../../deps.ts';
import { failures } from '../../errors.ts';
import { createS3Key, getS3Key, listS3Keys, revokeS3Key, rotateS3Key, updateS3Key } from '../../s3-keys/s3-keys.ts';
import { scopeOf } from '../caller.ts';

const params = { type: 'object', properties: { accessKeyId: { type: 'string', maxLength: 128 } }, required: ['accessKeyId'] };
type ById = { Params: { accessKeyId: string } };

const config = (operation: string) => ({ auth: 'required', operation: `storage.s3_key.${operation}` }) as const;

/** `/s3-keys`: access keys of the S3 door, for service_role only. Secrets are in the answers to creating and rotating, nowhere else. */
export function s3KeyRoutes(app: FastifyInstance, { s3Keys }: StorageDeps): void {
  app.get('/s3-keys', { config: config('list') }, async (request) => {
    requireServiceRole(request);
    return { keys: await listS3Keys(s3Keys) };
  });

  app.post('/s3-keys', { config: config('create') }, async (request, reply) => {
    requireServiceRole(request);
    return secretly(reply, await createS3Key(s3Keys, parseBody(s3KeyCreateSchema, request.body)));
  });

  app.get<ById>('/s3-keys/:accessKeyId', { schema: { params }, config: config('get') }, async (request) => {
    requireServiceRole(request);
    return getS3Key(s3Keys, request.params.accessKeyId);
  });

  app.patch<ById>('/s3-keys/:accessKeyId', { schema: { params }, config: config('update') }, async (request) => {
    requireServiceRole(request);
    return updateS3Key(s3Keys, request.params.accessKeyId, parseBody(s3KeyUpdateSchema, request.body));
  });

  app.post<ById>('/s3-keys/:accessKeyId/rotate', { schema: { params }, config: config('rotate') }, async (request, reply) => {
    requireServiceRole(request);
    const { overlapSeconds } = parseBody(s3KeyRotateSchema, request.body ?? {});
    return secretly(reply, await rotateS3Key(s3Keys, request.params.accessKeyId, overlapSeconds));
  });

  app.delete<ById>('/s3-keys/:accessKeyId', { schema: { params }, config: config('revoke') }, async (request) => {
    requireServiceRole(request);
    await revokeS3Key(s3Keys, request.params.accessKeyId);
    return { message: 'Successfully revoked' };
  });
}

function requireServiceRole(request: FastifyRequest): void {
  if (scopeOf(request).role !== 'service_role') throw failures.accessDenied('access keys are for service_role only');
}

/** No cache may keep an answer with a secret in it. */
function secretly<T>(reply: { header(name: string, value: string): unknown }, answer: T): T {
  reply.header('cache-control', 'no-store');
  return answer;
}

/** @throws ProtocolError InvalidRequest naming every field that is wrong */
function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw failures.invalidRequest(`body ${problems.join('; ')}`);
}
