import { expect, it } from 'vitest';
import { z } from 'zod';
import { OPERATIONS } from './all.ts';
import { GRAPHQL_OPERATIONS, renderGraphqlSchema } from './graphql-sdl.ts';
import { descriptionOf, inputFields } from './input-fields.ts';
import { inputJsonSchema } from './json-schema.ts';

it('every field of every input says what it is', () => {
  const silent = OPERATIONS.flatMap((operation) =>
    inputFields(operation)
      .filter(({ description = '' }) => description.trim().length < 4)
      .map(({ path }) => `${operation.name}.${path}`),
  );
  expect(silent).toEqual([]);
});

it('looks into objects, lists, records, unions and wrappers', () => {
  const leaf = z.object({ leaf: z.string() }).describe('an object');
  const input = z.object({
    list: z.array(leaf).describe('a list').optional(),
    record: z.record(z.string(), leaf).describe('a record'),
    either: z.union([z.string(), leaf]).nullable().describe('one of two'),
    nested: leaf.optional().default({ leaf: 'x' }),
    piped: z.string().transform(Number),
  });
  expect(inputFields({ input })).toEqual([
    { path: 'list', description: 'a list' },
    { path: 'list[].leaf', description: undefined },
    { path: 'record', description: 'a record' },
    { path: 'record{}.leaf', description: undefined },
    { path: 'either', description: 'one of two' },
    { path: 'either.leaf', description: undefined },
    { path: 'nested', description: 'an object' },
    { path: 'nested.leaf', description: undefined },
    { path: 'piped', description: undefined },
  ]);
});

it('a description outside a wrapper wins over the one inside', () => {
  expect(descriptionOf(z.string().describe('inner').optional().describe('outer'))).toBe('outer');
  expect(descriptionOf(z.string().describe('inner').min(2).optional())).toBe('inner');
});

it('the GraphQL schema and the JSON Schema of an input carry the descriptions', () => {
  const sdl = renderGraphqlSchema();
  const silent = GRAPHQL_OPERATIONS.flatMap(inputFields).filter(
    ({ path, description = '' }) => /^\w+$/.test(path) && !sdl.includes(`"${description}"`),
  );
  expect(silent).toEqual([]);
  expect(sdl).not.toMatch(/^(?:type|enum|input) \w+2(?:Input)? /m);
  const [operation] = OPERATIONS.filter(({ name }) => name === 'buckets.create');
  expect(operation && inputJsonSchema(operation)).toMatchObject({
    properties: { file_size_limit: { description: expect.stringContaining('bytes') } },
  });
});
