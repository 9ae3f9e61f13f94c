import { s3KeyCreateSchema, s3KeyRotateSchema, s3KeyUpdateSchema } from '@supastor/contract/wire/s3-key';
import type { FastifyInstance } from 'fastify';
import type { StorageDeps } from '../../deps.ts';
import { createS3Key, getS3Key, listS3Keys, revokeS3Key, rotateS3Key, updateS3Key } from '../../s3-keys/s3-keys.ts';
import { parseInput, requireServiceRole } from './service-only.ts';

const params = { type: 'object', properties: { accessKeyId: { type: 'string', maxLength: 128 } }, required: ['accessKeyId'] };
const WHAT = 'managing access keys';
type ById = { Params: { accessKeyId: string } };

const config = (operation: string) => ({ auth: 'required', operation: `storage.s3_key.${operation}` }) as const;

/** `/s3-keys`: access keys of the S3 door, for service_role only. Secrets are in the answers to creating and rotating, nowhere else. */
export function s3KeyRoutes(app: FastifyInstance, { s3Keys }: StorageDeps): void {
  app.get('/s3-keys', { config: config('list') }, async (request) => {
    requireServiceRole(request, WHAT);
    return { keys: await listS3Keys(s3Keys) };
  });

  app.post('/s3-keys', { config: config('create') }, async (request, reply) => {
    requireServiceRole(request, WHAT);
    return secretly(reply, await createS3Key(s3Keys, parseInput(s3KeyCreateSchema, request.body, 'body')));
  });

  app.get<ById>('/s3-keys/:accessKeyId', { schema: { params }, config: config('get') }, async (request) => {
    requireServiceRole(request, WHAT);
    return getS3Key(s3Keys, request.params.accessKeyId);
  });

  app.patch<ById>('/s3-keys/:accessKeyId', { schema: { params }, config: config('update') }, async (request) => {
    requireServiceRole(request, WHAT);
    return updateS3Key(s3Keys, request.params.accessKeyId, parseInput(s3KeyUpdateSchema, request.body, 'body'));
  });

  app.post<ById>('/s3-keys/:accessKeyId/rotate', { schema: { params }, config: config('rotate') }, async (request, reply) => {
    requireServiceRole(request, WHAT);
    const { overlapSeconds } = parseInput(s3KeyRotateSchema, request.body ?? {}, 'body');
    return secretly(reply, await rotateS3Key(s3Keys, request.params.accessKeyId, overlapSeconds));
  });

  app.delete<ById>('/s3-keys/:accessKeyId', { schema: { params }, config: config('revoke') }, async (request) => {
    requireServiceRole(request, WHAT);
    await revokeS3Key(s3Keys, request.params.accessKeyId);
    return { message: 'Successfully revoked' };
  });
}

/** No cache may keep an answer with a secret in it. */
function secretly<T>(reply: { header(name: string, value: string): unknown }, answer: T): T {
  reply.header('cache-control', 'no-store');
  return answer;
}
