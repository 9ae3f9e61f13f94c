import { CONFIG_FIELDS } from '@supastor/contract/config/fields';
import { type Config, configSchema } from '@supastor/contract/config/schema';
import { readPath, writePath } from '../config/paths.ts';
import { type ConfigNode, entryOf, type Position, toPlain } from '../config/node.ts';
import { type Difference, differencesOf } from './compose-differences.ts';
import { buildContainerStack } from '../stack/containers/desired-containers.ts';
import { EXTENSION, SECRETS_FILE } from './compose-file.ts';
import { type ComposeExport, type EngineNames, exportCompose } from './export-compose.ts';
import { type ImportFindings, type Place, settingOf } from './import-findings.ts';
import { bytesOf, type ComposeFiles } from './compose-service.ts';
import type { ComposeSource } from './read-compose.ts';

export interface OwnContext {
  readonly source: ComposeSource;
  readonly files: ComposeFiles;
  /** Secrets that the export put beside the file, by path; none when it is not there. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly namesOf: (id: { readonly project: string; readonly environment: string }) => EngineNames;
}

/** Whether we made a compose file. */
export function isOwn({ root }: ComposeSource): boolean {
  return entryOf(root, EXTENSION) !== undefined;
}

/** The environment that a compose file of ours was made from. */
export function environmentOf({ root }: ComposeSource): string {
  const node = entryOf(entryOf(root, EXTENSION)?.value, 'environment')?.value;
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : 'default';
}

/**
 * Takes a compose file of ours: the settings it carries, then what its services say otherwise where there is a setting for it. What then
 * still differs from what these settings would make is left out, by name.
 */
export function importOwn(context: OwnContext, findings: ImportFindings): void {
  const { source } = context;
  const carried = entryOf(entryOf(source.root, EXTENSION)?.value, 'config')?.value;
  const known = new Set(CONFIG_FIELDS.map(({ path }) => path));
  for (const { path, value, at } of leaves(carried, '', known))
    findings.take({ service: null, field: `${EXTENSION}.config.${path}`, at }, path, value);
  for (const [path, value] of context.secrets) findings.take({ service: null, field: SECRETS_FILE, at: null }, path, value);
  const made = remake(context, findings);
  if (made === null) return;
  for (const difference of differencesOf(source, made)) mend(difference, findings);
  const again = remake(context, findings);
  const left = again === null ? [] : differencesOf(source, again);
  for (const { place } of left) findings.leave(place, 'there is no setting for it: the stack would be made without this change');
  for (const { path, content } of again?.attachments ?? []) {
    const there = context.files.get(`./${path}`);
    const reason = there === null ? 'cannot be read' : 'has other content than the settings make; change the setting instead';
    if (there !== undefined && there !== content) findings.leave({ service: null, field: path, at: null }, reason);
  }
}

interface Leaf {
  readonly path: string;
  readonly value: unknown;
  readonly at: Position;
}

function leaves(node: ConfigNode | undefined, prefix: string, known: ReadonlySet<string>): readonly Leaf[] {
  if (node === undefined) return [];
  if (node.kind !== 'map' || known.has(prefix)) return [{ path: prefix, value: toPlain(node), at: node.at }];
  return node.entries.flatMap(({ key, value }) => leaves(value, prefix === '' ? key : `${prefix}.${key}`, known));
}

/** What an export of the settings would be; null while they lack something, and then that is said. */
function remake({ source, namesOf }: OwnContext, findings: ImportFindings): ComposeExport | null {
  const environment = environmentOf(source);
  try {
    const config = configOf(findings);
    return exportCompose(buildContainerStack(config, environment), config, namesOf({ project: config.project.name, environment }));
  } catch (error) {
    const place: Place = { service: null, field: 'services', at: entryOf(source.root, 'services')?.at ?? null };
    findings.leave(place, `cannot be compared with the settings: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** The configuration that the findings amount to. */
export function configOf({ settings, secrets }: ImportFindings): Config {
  const tree: Record<string, unknown> = {};
  for (const [path, value] of [...settings, ...secrets]) writePath(tree, path, value);
  return configSchema.parse(tree);
}

/** Settings that a variable of ours may be; those of others would be one name for two things. */
const VARIABLE_PREFIXES: Readonly<Record<string, readonly string[]>> = {
  storage: ['storage.', 'auth.', 'logging.'],
  admin: ['admin.', 'access.', 'mail.', 'monitoring.', 'logging.'],
  meta: ['logging.'],
};

/** Takes a change that somebody made to a service, where there is a setting for it. */
function mend({ place, value }: Difference, findings: ImportFindings): void {
  const path = pathOf(place);
  if (path === null || value === undefined) return;
  if (path === 'ports') return mendPorts(place, value, findings);
  findings.replace(place, path, path.startsWith('containers.memory.') && typeof value === 'string' ? bytesOf(value) : value);
}

function pathOf({ service, field }: Difference['place']): string | null {
  const images = ['postgres', 'storage', 'meta', 'admin', 'edge', 'imgproxy', 'prometheus', 'alertmanager', 'grafana'];
  if (field === 'image' && images.includes(service)) return `containers.images.${service}`;
  if (field === 'deploy.replicas' && (service === 'storage' || service === 'meta')) return `${service}.replicas`;
  if (field === 'deploy.resources.limits.memory') return `containers.memory.${service}`;
  if (field === 'ports' && service === 'edge') return 'ports';
  if (field === 'logging.options.max-size') return 'logging.maxFileBytes';
  if (field === 'logging.options.max-file') return 'logging.maxFiles';
  const variable = /^environment\.(.+)$/.exec(field)?.[1];
  return variable === undefined ? null : settingOf(variable, VARIABLE_PREFIXES[service] ?? []);
}

/** The listeners of the edge: its own first, then the one of S3. */
function mendPorts(place: Place, value: unknown, findings: ImportFindings): void {
  const [http, s3] = Array.isArray(value) ? value : [];
  if (readPath(http, 'published') !== undefined) findings.replace(place, 'containers.port', readPath(http, 'published'));
  if (readPath(http, 'host_ip') !== undefined) findings.replace(place, 'containers.host', readPath(http, 'host_ip'));
  if (readPath(s3, 'published') !== undefined) findings.replace(place, 'storage.s3RootPort', readPath(s3, 'published'));
}
