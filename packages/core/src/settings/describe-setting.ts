import { CONFIG_FIELDS, CONFIG_FIELDS_BY_PATH, type ConfigField } from '@supastor/contract/config/fields';
import { valueSchema } from '@supastor/contract/config/json-schema';
import { typeName } from '@supastor/contract/config/reference';
import { SupastorError } from '@supastor/contract/errors';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import type { Setting, SettingSource } from '@supastor/contract/wire/setting';
import { nearestName } from '../config/nearest.ts';
import type { ConfigSource, LoadedConfig, ProvenanceEntry } from '../config/source.ts';
import { settingsReadBy } from '../stack/settings-read.ts';

interface ConfigState {
  readonly loaded: LoadedConfig;
  readonly revision: string;
}

/** All settings, in the order of the schema. */
export function describeSettings({ loaded, revision }: ConfigState): Setting[] {
  const readers = settingsReadBy(loaded.config, loaded.environment);
  return CONFIG_FIELDS.flatMap((field) => {
    const entry = loaded.provenance.get(field.path);
    return entry === undefined ? [] : [describe(field, entry, { environment: loaded.environment, revision, readers })];
  });
}

/** One of them. @throws SJ_NOT_FOUND with the nearest name */
export function describeSetting(state: ConfigState, path: string): Setting {
  findField(path);
  const found = describeSettings(state).find((setting) => setting.path === path);
  if (found) return found;
  throw unknown(path);
}

/** The field of a path. @throws SJ_NOT_FOUND with the nearest name */
export function findField(path: string): ConfigField {
  const field = CONFIG_FIELDS_BY_PATH.get(path);
  if (field) return field;
  throw unknown(path);
}

interface Surroundings {
  readonly environment: string;
  readonly revision: string;
  readonly readers: ReadonlyMap<string, readonly ServiceName[]>;
}

function describe(field: ConfigField, entry: ProvenanceEntry, { environment, revision, readers }: Surroundings): Setting {
  const isOwn = ({ kind, name }: ConfigSource) => kind === 'yaml' && name === environment;
  return {
    path: field.path,
    description: field.description,
    type: typeName(field),
    options: optionsOf(field),
    secret: field.secret === true,
    value: toText(entry.shown),
    defaultValue: toText(field.defaultValue),
    source: toSource(entry.source),
    overrode: entry.overrode.map(({ shown, source }) => ({ value: toText(shown), source: toSource(source) })),
    locked: lockOf(field, entry),
    inFile: isOwn(entry.source) || entry.overrode.some(({ source }) => isOwn(source)),
    restarts: [...(readers.get(field.path) ?? [])],
    revision,
  };
}

/** Why a setting cannot be changed in the file; null: it can. */
function lockOf(field: ConfigField, { source }: ProvenanceEntry): string | null {
  if (field.secret === true) return 'Secrets are kept in .env, beside a file that is shared and versioned; change it there.';
  if (source.kind === 'env')
    return `The variable ${source.name ?? ''} of the command that started the stack sets it, and is stronger than the file.`;
  if (source.kind === 'flag')
    return `The flag ${source.name ?? ''} of the command that started the stack sets it, and is stronger than the file.`;
  return LOCKED[field.path] ?? null;
}

/** What is not changed while a stack runs by it. */
const LOCKED: Readonly<Record<string, string>> = {
  'project.target': 'Another target is another stack: stop this one with supastor down, and change the file on the server.',
};

function optionsOf(field: ConfigField): string[] {
  const schema = valueSchema(field);
  if (Array.isArray(schema['enum'])) return schema['enum'].map(String);
  return schema['type'] === 'boolean' ? ['true', 'false'] : [];
}

/** As an environment variable would have it. */
function toText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(String).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toSource({ kind, name, file, line }: ConfigSource): SettingSource {
  return { kind, name, file, line };
}

function unknown(path: string): SupastorError {
  const near = nearestName(path, [...CONFIG_FIELDS_BY_PATH.keys()]);
  return new SupastorError('SJ_NOT_FOUND', `There is no setting "${path}".`, {
    hint: near === null ? 'supastor settings list' : `Did you mean ${near}?`,
    meta: { path, suggestion: near },
  });
}
