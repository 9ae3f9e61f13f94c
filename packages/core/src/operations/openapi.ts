import { OPERATIONS } from '@supastor/contract/operations/all';
import type { OperationDefinition } from '@supastor/contract/operations/define';
import { API_PREFIX, inputInQuery, pathParameters } from '@supastor/contract/operations/http';
import { inputJsonSchema, type JsonSchema, outputJsonSchema, toJsonSchema } from '@supastor/contract/operations/json-schema';
import { batchRequestSchema, batchResponseSchema } from '@supastor/contract/wire/batch';
import { problemSchema } from '@supastor/contract/wire/problem';
import { answersWithResource, readerOf } from './entity-tag.ts';

const PROBLEM = { $ref: '#/components/responses/Problem' };
const JSON_TYPE = 'application/json';

/** Statuses that any operation may answer with, besides its own. */
const ANY_REFUSAL = [400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 502, 503, 504] as const;

/** The OpenAPI 3.1 document of the REST door, derived from the operation registry. */
export function renderOpenApi({ version }: { readonly version: string }): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const path = API_PREFIX + operation.rest.path;
    paths[path] = { ...paths[path], [operation.rest.method.toLowerCase()]: describeOperation(operation) };
  }
  paths[`${API_PREFIX}/batch`] = { post: describeBatch() };
  return {
    openapi: '3.1.0',
    info: { title: 'Supastorj control plane', version, description: 'Buckets, objects and services of one Supastorj installation.' },
    servers: [{ url: '/' }],
    tags: [...new Set(OPERATIONS.map(({ name }) => nounOf(name)))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'supastor_session' },
      },
      parameters: {
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          description: 'A fresh key for each new change. The first answer is kept for a day and given to every repetition.',
          schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
        },
        IfMatch: {
          name: 'If-Match',
          in: 'header',
          description: 'Change the resource only if its entity tag is one of these; else 412.',
          schema: { type: 'string', maxLength: 1000 },
        },
        IfNoneMatch: {
          name: 'If-None-Match',
          in: 'header',
          description: 'Answer 304 when the entity tag is one of these.',
          schema: { type: 'string', maxLength: 1000 },
        },
      },
      headers: {
        ETag: { description: 'Entity tag of the answer (RFC 9110).', schema: { type: 'string' } },
        IdempotencyReplayed: { description: 'The answer was kept for this key; nothing ran.', schema: { type: 'string', const: 'true' } },
      },
      responses: {
        Problem: {
          description: 'What went wrong, as RFC 9457 problem details',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      schemas: { Problem: toJsonSchema(problemSchema, 'output') },
    },
  };
}

function describeOperation(operation: OperationDefinition): JsonSchema {
  const { properties, required } = objectParts(inputJsonSchema(operation));
  const inPath = pathParameters(operation);
  const rest = Object.entries(properties).filter(([name]) => !inPath.includes(name));
  const isRead = operation.effect === 'read';
  const isKeyed = !isRead && operation.permission !== null;
  const parameters = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] ?? { type: 'string' } })),
    ...(inputInQuery(operation) ? rest.map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema })) : []),
    ...(isRead && operation.shape === 'value' ? [{ $ref: '#/components/parameters/IfNoneMatch' }] : []),
    ...(isKeyed ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...(isKeyed && readerOf(operation) ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
  ];
  return {
    operationId: operation.name,
    summary: operation.summary,
    tags: [nounOf(operation.name)],
    description: operation.permission === null ? 'Open to anyone.' : `Needs the permission \`${operation.permission}\`.`,
    security: operation.permission === null ? [] : [{ bearer: [] }, { cookie: [] }],
    'x-permission': operation.permission,
    'x-effect': operation.effect,
    ...(parameters.length > 0 && { parameters }),
    ...(!inputInQuery(operation) && rest.length > 0 && { requestBody: requestBody(Object.fromEntries(rest), required) }),
    responses: {
      200: { description: operation.summary, ...answerHeaders(operation), content: answerContent(operation) },
      ...(isRead && operation.shape === 'value' && { 304: { description: 'Not changed since the entity tag of If-None-Match' } }),
      ...(isKeyed && readerOf(operation) && { 412: PROBLEM }),
      ...Object.fromEntries(ANY_REFUSAL.map((status) => [status, PROBLEM])),
      default: PROBLEM,
    },
  };
}

function answerHeaders(operation: OperationDefinition): JsonSchema {
  const tagged = operation.shape === 'value' && (operation.effect === 'read' || answersWithResource(operation));
  const keyed = operation.effect !== 'read' && operation.permission !== null;
  if (!tagged && !keyed) return {};
  return {
    headers: {
      ...(tagged && { ETag: { $ref: '#/components/headers/ETag' } }),
      ...(keyed && { 'Idempotency-Replayed': { $ref: '#/components/headers/IdempotencyReplayed' } }),
    },
  };
}

function describeBatch(): JsonSchema {
  return {
    operationId: 'batch',
    summary: 'Many small operations in one request, one after the other',
    description: 'Each needs its own permission and gets its own audit record. Not a transaction: what is done stays done.',
    tags: ['batch'],
    security: [{ bearer: [] }, { cookie: [] }],
    parameters: [{ $ref: '#/components/parameters/IdempotencyKey' }],
    requestBody: { required: true, content: { [JSON_TYPE]: { schema: toJsonSchema(batchRequestSchema, 'input') } } },
    responses: {
      200: { description: 'How each operation went', content: { [JSON_TYPE]: { schema: toJsonSchema(batchResponseSchema, 'output') } } },
      ...Object.fromEntries(ANY_REFUSAL.map((status) => [status, PROBLEM])),
      default: PROBLEM,
    },
  };
}

function hasCef({ input }: OperationDefinition): boolean {
  return input.safeParse({ format: 'cef' }).success;
}

/** Streams answer one record per line; the schema is that of a record. Plain text is CEF. */
function answerContent(operation: OperationDefinition): JsonSchema {
  const schema = outputJsonSchema(operation);
  if (operation.shape === 'value') return { [JSON_TYPE]: { schema } };
  const text = { schema: { type: 'string' } };
  return { 'application/x-ndjson': { schema }, 'text/csv': text, ...(hasCef(operation) && { 'text/plain': text }) };
}

function requestBody(properties: JsonSchema, required: readonly string[]): JsonSchema {
  const needed = required.filter((name) => Object.hasOwn(properties, name));
  const schema = { type: 'object', properties, ...(needed.length > 0 && { required: needed }), additionalProperties: false };
  return { required: needed.length > 0, content: { [JSON_TYPE]: { schema } } };
}

interface ObjectParts {
  readonly properties: JsonSchema;
  readonly required: readonly string[];
}

function objectParts({ properties, required }: JsonSchema): ObjectParts {
  const isObject = typeof properties === 'object' && properties !== null;
  return {
    properties: isObject ? Object.fromEntries(Object.entries(properties)) : {},
    required: Array.isArray(required) ? required.map(String) : [],
  };
}

function nounOf(name: string): string {
  return name.split('.')[0] ?? name;
}
