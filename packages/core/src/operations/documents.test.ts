import { OPERATIONS } from '@supastor/contract/operations/all';
import { describe, expect, it } from 'vitest';
import { renderOpenApi } from './openapi.ts';
import { renderOperationReference } from './reference.ts';

describe('documents derived from the registry', () => {
  const document = JSON.parse(JSON.stringify(renderOpenApi({ version: '1' })));

  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
    'describes %s in OpenAPI',
    (name, { rest, permission, shape }) => {
      const route = document.paths[`/api/v1${rest.path}`][rest.method.toLowerCase()];
      expect(route.operationId).toBe(name);
      expect(route['x-permission']).toBe(permission);
      expect(route.responses[200].content[shape === 'value' ? 'application/json' : 'application/x-ndjson'].schema).toBeTypeOf('object');
    },
  );

  it('puts path, query and body fields where the door reads them', () => {
    const list = document.paths['/api/v1/buckets/{bucket}/objects'].get;
    const parameters: readonly { readonly in?: string; readonly name?: string; readonly $ref?: string }[] = list.parameters;
    const places = parameters.map(({ $ref, ...own }) => ({
      ...own,
      ...($ref && document.components.parameters[$ref.split('/').at(-1) ?? '']),
    }));
    expect(places.map((parameter) => `${parameter.in} ${parameter.name}`)).toEqual([
      'path bucket',
      'query prefix',
      'query startsWith',
      'query cursor',
      'query limit',
      'header If-None-Match',
    ]);
    const update = document.paths['/api/v1/buckets/{bucket}'].patch;
    expect(Object.keys(update.requestBody.content['application/json'].schema.properties)).not.toContain('bucket');
  });

  it('names every operation in the Markdown reference', () => {
    const page = renderOperationReference();
    expect(OPERATIONS.filter(({ name }) => !page.includes(`## ${name}\n`))).toEqual([]);
  });
});
