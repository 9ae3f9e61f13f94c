import type { JsonSchema } from '@supastor/contract/operations/json-schema';
import { S3_ERROR_STATUSES } from '../../access/sigv4/s3-error.ts';
import { S3_ROUTES, type S3Level } from '../s3/route.ts';
import { BYTES } from './route-doc.ts';

const PATHS: Readonly<Record<S3Level, string>> = { service: '/s3', bucket: '/s3/{Bucket}', object: '/s3/{Bucket}/{Key}' };
const PARAMETERS: Readonly<Record<S3Level, readonly string[]>> = { service: [], bucket: ['Bucket'], object: ['Bucket', 'Key'] };

const XML = { 'application/xml': { schema: { type: 'string' } } };
const EITHER = { ...XML, '*/*': { schema: BYTES } };
const done = { description: 'What S3 answers.', content: EITHER };
const nothing = { description: 'Done.' };
const SUCCESSES: Readonly<Record<string, Readonly<Record<number, unknown>>>> = {
  GET: { 200: done, 206: done, 304: { description: 'The copy that the caller has is the current one.' } },
  HEAD: { 200: nothing, 206: nothing, 304: nothing },
  PUT: { 200: done },
  POST: { 200: done, 201: done, 204: nothing, 303: nothing },
  DELETE: { 200: nothing, 204: nothing },
};

/** Paths of the S3 door, out of its routing table. A path and method is several operations: parameters say which, see `x-s3-operations`. */
export function s3Paths(): Readonly<Record<string, JsonSchema>> {
  const levels = Object.keys(PATHS).filter((level): level is S3Level => level in PATHS);
  return Object.fromEntries(levels.map((level) => [PATHS[level], pathItem(level)]));
}

function pathItem(level: S3Level): JsonSchema {
  const methods = new Set(S3_ROUTES.filter((row) => row.level === level).map(({ method }) => method));
  return Object.fromEntries([...methods].map((method) => [method.toLowerCase(), describe(level, method)]));
}

function describe(level: S3Level, method: string): JsonSchema {
  const rows = S3_ROUTES.filter((row) => row.level === level && row.method === method);
  const query = new Set(rows.flatMap(({ selectors, optional }) => [...selectors, ...optional]));
  const takesBody = method === 'PUT' || method === 'POST';
  const refusals = S3_ERROR_STATUSES.map((status) => [
    status,
    { description: 'An error of S3.', ...(method === 'HEAD' ? {} : { content: XML }) },
  ]);
  return {
    tags: ['s3'],
    summary: rows.map(({ operation }) => operation).join(', '),
    operationId: `s3${level[0]?.toUpperCase()}${level.slice(1)}${method[0]}${method.slice(1).toLowerCase()}`,
    security: [{ sigV4: [] }],
    parameters: [
      ...PARAMETERS[level].map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...[...query].map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
    ],
    ...(takesBody ? { requestBody: { content: EITHER } } : {}),
    responses: { ...SUCCESSES[method], ...Object.fromEntries(refusals) },
    'x-s3-operations': rows.map(({ operation, selectors, optional }) => ({ operation, selectors, optional })),
  };
}
