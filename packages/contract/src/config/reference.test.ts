import { describe, expect, test } from 'vitest';
import { CONFIG_FIELDS, CONFIG_FIELDS_BY_PATH } from './fields.ts';
import { renderConfigJsonSchema } from './json-schema.ts';
import { renderConfigReference, typeName } from './reference.ts';
import { configSchema } from './schema.ts';

describe('the fields', () => {
  test('every field says what it is and how the environment sets it', () => {
    expect(CONFIG_FIELDS.filter((entry) => entry.description.length < 10 || (entry.env ?? []).length === 0)).toEqual([]);
  });

  test('no two fields share an environment name', () => {
    const names = CONFIG_FIELDS.flatMap((entry) => entry.env ?? []);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('an empty environment is valid', () => {
    expect(configSchema.parse({}).storage.port).toBe(5000);
  });

  test('the defaults of the fields are those of the schema', () => {
    expect(CONFIG_FIELDS_BY_PATH.get('storage.fileSizeLimit')?.defaultValue).toBe(configSchema.parse({}).storage.fileSizeLimit);
    expect(CONFIG_FIELDS_BY_PATH.get('auth.jwtSecret')?.defaultValue).toBeUndefined();
  });
});

describe('the JSON Schema', () => {
  const text = JSON.stringify(renderConfigJsonSchema());

  test('describes every field', () => {
    expect(CONFIG_FIELDS.filter((entry) => !text.includes(JSON.stringify(entry.description).slice(1, -1)))).toEqual([]);
  });

  test('marks secrets as writeOnly and carries defaults and units', () => {
    const schema = renderConfigJsonSchema();
    expect(schema).toMatchObject({
      properties: { version: { const: '1.0' } },
      $defs: {
        environment: {
          additionalProperties: false,
          properties: {
            extends: { type: 'string' },
            auth: { properties: { jwtSecret: { writeOnly: true } } },
            storage: { properties: { port: { default: 5000 }, s3: { properties: { region: { default: 'us-east-1' } } } } },
            admin: { properties: { sessionTtlSeconds: { description: expect.stringContaining('In seconds.') } } },
          },
        },
      },
    });
  });

  test('lets a variable stand where a number or boolean is expected', () => {
    expect(renderConfigJsonSchema()).toMatchObject({
      $defs: {
        environment: {
          properties: {
            postgres: {
              properties: {
                port: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
                ssl: { anyOf: [{ type: 'boolean' }, { type: 'string' }] },
              },
            },
          },
        },
      },
    });
  });
});

describe('the reference page', () => {
  test('has a row for every field', () => {
    const page = renderConfigReference();
    expect(CONFIG_FIELDS.filter((entry) => !page.includes(`| \`${entry.path}\` |`))).toEqual([]);
  });

  test('names types in words', () => {
    const types = [
      'project.mode',
      'storage.port',
      'auth.jwtSecret',
      'storage.fileSizeLimit',
      'auth.roles',
      'postgres.ssl',
      'storage.endpoint',
    ].map((path) => CONFIG_FIELDS_BY_PATH.get(path));
    expect(types.map((entry) => entry && typeName(entry))).toEqual([
      'dev | prod',
      'port',
      'secret',
      'whole number (bytes)',
      'list of texts',
      'boolean',
      'URL',
    ]);
  });
});
