import { OPERATIONS } from '@supastor/contract/operations/all';
import type { OperationDefinition } from '@supastor/contract/operations/define';
import { API_PREFIX, pathParameters } from '@supastor/contract/operations/http';
import { inputJsonSchema, type JsonSchema, outputJsonSchema } from '@supastor/contract/operations/json-schema';

/** The operations as a Markdown page: route, permission, effect, input and output of each. */
export function renderOperationReference(): string {
  const rows = OPERATIONS.map(
    ({ name, rest, permission, summary }) =>
      `| [${name}](#${anchor(name)}) | \`${rest.method} ${API_PREFIX}${rest.path}\` | ${permission === null ? 'anyone' : `\`${permission}\``} | ${summary} |`,
  );
  return [
    '# Operations',
    '',
    'Generated from the operation registry (`packages/contract/src/operations`); do not edit.',
    '',
    '| Operation | Route | Permission | What it does |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...OPERATIONS.flatMap(renderOperation),
  ].join('\n');
}

function renderOperation(operation: OperationDefinition): readonly string[] {
  const { name, rest, permission, effect, audit, summary, timeoutMs } = operation;
  const inPath = pathParameters(operation);
  const facts = [
    `- Route: \`${rest.method} ${API_PREFIX}${rest.path}\``,
    `- Permission: ${permission === null ? 'none, open to anyone' : `\`${permission}\``}`,
    `- Effect: ${effect}${audit ? ', audited' : ''}`,
    `- Time limit: ${timeoutMs / 1000} s`,
  ];
  const place = (field: string) => (inPath.includes(field) ? 'path' : operation.rest.method === 'GET' ? 'query' : 'body');
  return [
    `## ${name}`,
    '',
    `${summary}.`,
    '',
    ...facts,
    '',
    ...renderFields('Input', inputJsonSchema(operation), place),
    ...renderFields('Output', outputJsonSchema(operation)),
  ];
}

function renderFields(title: string, schema: JsonSchema, place?: (field: string) => string): readonly string[] {
  const properties = Object.entries(isRecord(schema['properties']) ? schema['properties'] : {});
  if (properties.length === 0) return [];
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  const head = place
    ? ['| Field | In | Type | Required | Default |', '| --- | --- | --- | --- | --- |']
    : ['| Field | Type |', '| --- | --- |'];
  const rows = properties.map(([name, field]) => {
    const type = cell(typeOf(field));
    if (!place) return `| ${name} | ${type} |`;
    const fallback = isRecord(field) && field['default'] !== undefined ? `\`${JSON.stringify(field['default'])}\`` : '';
    return `| ${name} | ${place(name)} | ${type} | ${required.includes(name) ? 'yes' : 'no'} | ${fallback} |`;
  });
  return [`${title}:`, '', ...head, ...rows, ''];
}

/** A short name for the type a JSON Schema describes. */
function typeOf(schema: unknown): string {
  if (!isRecord(schema)) return 'any';
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(schema['anyOf'])) return schema['anyOf'].map(typeOf).join(' | ');
  if (schema['const'] !== undefined) return JSON.stringify(schema['const']);
  if (schema['type'] === 'array') return `list of ${typeOf(schema['items'])}`;
  if (schema['type'] === 'object' && isRecord(schema['properties'])) return `object { ${Object.keys(schema['properties']).join(', ')} }`;
  return typeof schema['type'] === 'string' ? schema['type'] : 'any';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function anchor(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
