import { OPERATIONS } from '@supastor/contract/operations/all';
import type { OperationDefinition } from '@supastor/contract/operations/define';
import { API_PREFIX, inputInQuery, pathParameters } from '@supastor/contract/operations/http';
import { inputJsonSchema, type JsonSchema, outputJsonSchema, toJsonSchema } from '@supastor/contract/operations/json-schema';
import { problemSchema } from '@supastor/contract/wire/problem';

const PROBLEM = { $ref: '#/components/responses/Problem' };

/** The OpenAPI 3.1 document of the REST door, derived from the operation registry. */
export function renderOpenApi({ version }: { readonly version: string }): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const path = API_PREFIX + operation.rest.path;
    paths[path] = { ...paths[path], [operation.rest.method.toLowerCase()]: describeOperation(operation) };
  }
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
  const parameters = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: properties[name] ?? { type: 'string' } })),
    ...(inputInQuery(operation) ? rest.map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema })) : []),
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
      200: { description: operation.summary, content: answerContent(operation) },
      default: PROBLEM,
    },
  };
}

/** Streams answer one record per line; the schema is that of a record. */
function answerContent(operation: OperationDefinition): JsonSchema {
  const schema = outputJsonSchema(operation);
  if (operation.shape === 'value') return { 'application/json': { schema } };
  return { 'application/x-ndjson': { schema }, 'text/csv': { schema: { type: 'string' } } };
}

function requestBody(properties: JsonSchema, required: readonly string[]): JsonSchema {
  const needed = required.filter((name) => Object.hasOwn(properties, name));
  const schema = { type: 'object', properties, ...(needed.length > 0 && { required: needed }), additionalProperties: false };
  return { required: needed.length > 0, content: { 'application/json': { schema } } };
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
