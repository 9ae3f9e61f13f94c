import { z } from 'zod';
import {
  s3AccessKeyIdSchema,
  s3KeyCreateSchema,
  s3KeyOverlapSchema,
  s3KeySchema,
  s3KeyUpdateSchema,
  s3KeyWithSecretSchema,
} from '../wire/s3-key.ts';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';

const withSecret = s3KeyWithSecretSchema.extend({
  /** Shown this once; what is kept of it can be read by the storage server only. */
  secretAccessKey: sensitive(z.string()),
});
const one = { accessKeyId: s3AccessKeyIdSchema };

export const s3KeysList = defineOperation({
  name: 's3Keys.list',
  summary: 'Access keys of the S3 endpoint, without their secrets',
  input: z.strictObject({}),
  output: z.object({ keys: z.array(s3KeySchema) }),
  permission: 's3Keys:read',
  effect: 'read',
  rest: { method: 'GET', path: '/s3-keys' },
});

export const s3KeysCreate = defineOperation({
  name: 's3Keys.create',
  summary: 'Make an S3 access key, bound to buckets, prefixes, verbs, addresses and a time',
  input: s3KeyCreateSchema,
  output: withSecret,
  permission: 's3Keys:write',
  effect: 'write',
  rest: { method: 'POST', path: '/s3-keys' },
});

export const s3KeysUpdate = defineOperation({
  name: 's3Keys.update',
  summary: 'Change what an S3 access key may do, or disable it; what is left out stays',
  input: s3KeyUpdateSchema.extend(one),
  output: s3KeySchema,
  permission: 's3Keys:write',
  effect: 'write',
  rest: { method: 'PATCH', path: '/s3-keys/{accessKeyId}' },
});

export const s3KeysRotate = defineOperation({
  name: 's3Keys.rotate',
  summary: 'Give an S3 access key a new secret; the old one goes on working for a while',
  input: z.strictObject({ ...one, overlapSeconds: s3KeyOverlapSchema }),
  output: withSecret,
  permission: 's3Keys:write',
  effect: 'write',
  rest: { method: 'POST', path: '/s3-keys/{accessKeyId}/rotate' },
});

export const s3KeysRevoke = defineOperation({
  name: 's3Keys.revoke',
  summary: 'Refuse an S3 access key from now on',
  input: z.strictObject(one),
  output: z.object({}),
  permission: 's3Keys:write',
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/s3-keys/{accessKeyId}' },
});
