import { CONFIG_FIELDS, type ConfigField } from './fields.ts';
import { valueSchema } from './json-schema.ts';

/** Markdown page with one table per block: path, type, default, environment names, description. */
export function renderConfigReference(): string {
  const blocks = Map.groupBy(CONFIG_FIELDS, (entry) => entry.path.split('.')[0] ?? '');
  const sections = [...blocks].map(([name, entries]) => [`## ${name}`, '', ...table(entries), ''].join('\n'));
  return `${INTRODUCTION}\n${sections.join('\n')}`;
}

const INTRODUCTION = `# Configuration reference

Generated from the schema. Sources, weakest first: defaults, \`.env\` and \`.env.<environment>\`, \`supastor.config.yaml\`, environment variables, flags.
Where several environment names are given, the first is the strongest. A secret's name followed by \`_FILE\` names a file to read it from.
\`supastor config explain <path>\` shows where a value came from.
`;

function table(entries: readonly ConfigField[]): readonly string[] {
  return ['| Path | Type | Default | Environment | Description |', '|---|---|---|---|---|', ...entries.map(row)];
}

function row(entry: ConfigField): string {
  const cells = [code(entry.path), typeName(entry), defaultText(entry), (entry.env ?? []).map(code).join('<br>'), entry.description];
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function defaultText({ defaultValue }: ConfigField): string {
  if (defaultValue === undefined) return '';
  return code(Array.isArray(defaultValue) ? defaultValue.join(',') : JSON.stringify(defaultValue).replaceAll('"', ''));
}

/** `port`, `secret`, `dev | prod`, `boolean`, `whole number (seconds)`. */
export function typeName(entry: ConfigField): string {
  if (entry.secret === true) return 'secret';
  if (entry.unit === 'port') return 'port';
  const schema = valueSchema(entry);
  const options = schema['enum'];
  if (Array.isArray(options)) return options.map(String).join(' | ');
  if (schema['type'] === 'integer') return entry.unit === undefined ? 'whole number' : `whole number (${entry.unit})`;
  if (schema['type'] === 'array') return 'list of texts';
  if (schema['format'] === 'uri') return 'URL';
  if (schema['format'] === 'email') return 'e-mail address';
  return schema['type'] === 'boolean' ? 'boolean' : 'text';
}
