import { z } from 'zod';
import { CONFIG_FIELDS, type ConfigField } from './fields.ts';
import { CONFIG_VERSION, EXTENDS_KEY } from './schema.ts';

type Json = Record<string, unknown>;

/** Text that holds a variable; every field accepts it in the file, whatever its type. */
const VARIABLE: Json = { type: 'string', pattern: String.raw`\$\{[A-Za-z_]` };

/** JSON Schema (draft 2020-12) of `supastor.config.yaml`, for editors: descriptions, defaults, units, secrets as `writeOnly`. */
export function renderConfigJsonSchema(): Json {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'supastor.config.yaml',
    description: 'Configuration of a Supastorj project.',
    type: 'object',
    required: ['version', 'environments'],
    additionalProperties: false,
    properties: {
      version: { description: 'Version of this file format.', const: CONFIG_VERSION },
      environments: {
        description: 'Environments by name; one may extend another.',
        type: 'object',
        minProperties: 1,
        propertyNames: { pattern: '^[a-z0-9][a-z0-9_-]{0,39}$' },
        additionalProperties: { $ref: '#/$defs/environment' },
      },
    },
    $defs: { environment: environmentSchema() },
  };
}

function environmentSchema(): Json {
  const root = group();
  root.properties[EXTENDS_KEY] = { description: 'Environment whose values this one starts from.', type: 'string' };
  for (const entry of CONFIG_FIELDS) {
    const keys = entry.path.split('.');
    const last = keys.pop() ?? '';
    let parent = root;
    for (const key of keys) parent = childGroup(parent, key);
    parent.properties[last] = fieldSchema(entry);
  }
  return finish(root);
}

interface Group {
  readonly properties: Json;
  readonly groups: Map<string, Group>;
}

function group(): Group {
  return { properties: {}, groups: new Map() };
}

function childGroup(parent: Group, key: string): Group {
  const existing = parent.groups.get(key);
  if (existing) return existing;
  const made = group();
  parent.groups.set(key, made);
  return made;
}

function finish({ properties, groups }: Group): Json {
  const nested = Object.fromEntries([...groups].map(([key, child]) => [key, finish(child)]));
  return { type: ['object', 'null'], additionalProperties: false, properties: { ...properties, ...nested } };
}

function fieldSchema(entry: ConfigField): Json {
  const own = valueSchema(entry);
  const accepted = own['type'] === 'string' && own['format'] === undefined && own['pattern'] === undefined && own['enum'] === undefined;
  const text = entry.unit === 'bytes' ? [{ type: 'string', pattern: String.raw`^\s*\d+(\.\d+)?\s*([kKmMgGtT]?[iI]?[bB])?\s*$` }] : [];
  return {
    description: describe(entry),
    ...(accepted ? own : { anyOf: [own, ...text, VARIABLE] }),
    ...(entry.defaultValue === undefined ? {} : { default: entry.defaultValue }),
    ...(entry.secret === true ? { writeOnly: true } : {}),
  };
}

function describe(entry: ConfigField): string {
  const unit = entry.unit === undefined || entry.unit === 'port' ? '' : ` In ${entry.unit}.`;
  const env = entry.env === undefined ? '' : ` Set by ${entry.env.join(', ')}.`;
  return `${entry.description}${unit}${env}`;
}

/** JSON Schema of the value alone, as it is written in the file. */
export function valueSchema(entry: ConfigField): Json {
  const { $schema: _dialect, default: _default, ...rest } = z.toJSONSchema(entry.schema, { io: 'input', unrepresentable: 'any' });
  return { ...rest };
}
