import { configSchema } from '@supastor/contract/config/schema';
import { crossCheck } from '../config/cross-check.ts';
import { entryOf } from '../config/node.ts';
import { writePath } from '../config/paths.ts';
import { projectNameFrom } from '../config/starter.ts';
import { generateMissingSecrets, type RandomBytes } from '../secrets/generate-secrets.ts';
import { isKnownDefault } from '../secrets/known-defaults.ts';
import { MONITORING_SECRETS, REQUIRED_SECRETS } from '../secrets/stack-secrets.ts';
import { textOf } from './compose-service.ts';
import { ImportFindings, type LeftOut, type Taken } from './import-findings.ts';
import { configOf, environmentOf, importOwn, isOwn, type OwnContext } from './import-own.ts';
import { importOther, type OtherContext } from './import-other.ts';
import { publishedPorts } from './published-ports.ts';
import { secretName } from './secret-names.ts';
import { roleOf } from './service-roles.ts';

export interface ImportContext extends OtherContext, OwnContext {
  /** Where the name of the project comes from when the file has none. */
  readonly directoryName: string;
  readonly random: RandomBytes;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface ImportResult {
  readonly isOwn: boolean;
  readonly environment: string;
  /** For supastor.config.yaml, below its environment. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** For `.env`. */
  readonly secrets: readonly { readonly name: string; readonly value: string }[];
  /** Names of those that were made up now. */
  readonly generated: readonly string[];
  /** Names of those that only the operator knows. */
  readonly toSet: readonly string[];
  readonly taken: readonly Taken[];
  readonly leftOut: readonly LeftOut[];
  /** What is to be done before `up`. */
  readonly notes: readonly string[];
}

/** What a running system and its clients hold already; made anew they would be wrong. */
const SHARED = ['postgres.password', 'postgres.storagePassword', 'auth.jwtSecret', 'auth.anonKey', 'auth.serviceRoleKey'];

/** Turns a compose file into settings and secrets, and says of everything in it what became of it. */
export function importCompose(context: ImportContext): ImportResult {
  const findings = new ImportFindings();
  const own = isOwn(context.source);
  if (own) importOwn(context, findings);
  else {
    importOther(context, findings);
    settle(context, findings);
  }
  const missing = [...REQUIRED_SECRETS, ...MONITORING_SECRETS].filter(({ path }) => !findings.secrets.has(path));
  const hasSigner = findings.secrets.has('auth.jwtSecret');
  const isOurs = (path: string) => !own && (!SHARED.includes(path) || (hasSigner && path.startsWith('auth.')));
  const toSet = missing.filter(({ path }) => !isOurs(path)).map(({ envName }) => envName);
  const existing = Object.fromEntries([...findings.secrets].map(([path, value]) => [secretName(path), value]));
  const generated = generateMissingSecrets({ ...context, existing }).filter(
    ({ name }) => missing.some(({ envName }) => envName === name) && !toSet.includes(name),
  );
  const settings: Record<string, unknown> = {};
  for (const [path, value] of findings.settings) writePath(settings, path, value);
  return {
    isOwn: own,
    environment: own ? environmentOf(context.source) : 'default',
    settings,
    secrets: [...Object.entries(existing).map(([name, value]) => ({ name, value })), ...generated],
    generated: generated.map(({ name }) => name),
    // A bundle without monitoring needs none of its secrets.
    toSet: own && !usesMonitoring(findings) ? toSet.filter((name) => !MONITORING_SECRETS.some(({ envName }) => envName === name)) : toSet,
    taken: findings.taken,
    leftOut: findings.leftOut,
    notes: [...notesOf(context, findings, own), ...crossed(findings)],
  };
}

function usesMonitoring({ settings }: ImportFindings): boolean {
  return JSON.stringify(settings.get('containers.with') ?? []).includes('monitoring');
}

/** What the file says by being what it is. */
function settle({ source, directoryName }: ImportContext, findings: ImportFindings): void {
  const name = entryOf(source.root, 'name');
  const place = { service: null, field: name === undefined ? '' : 'name', at: name?.at ?? null };
  findings.take(place, 'project.name', projectNameFrom(textOf(name?.value) ?? directoryName));
  const implied = { service: null, field: '', at: null };
  findings.take(implied, 'project.mode', 'prod');
  findings.take(implied, 'project.target', 'docker');
  const database = source.services.find(({ value }) => roleOf(value) === 'postgres');
  if (findings.settings.has('postgres.host') || database !== undefined) {
    findings.take({ service: database?.key ?? null, field: '', at: database?.at ?? null }, 'postgres.managed', false);
  }
  const taken = publishedPorts(source);
  const fallback = configSchema.parse({}).containers.port;
  let port = fallback;
  while (taken.includes(port)) port++;
  if (port !== fallback) findings.take(implied, 'containers.port', port);
}

function notesOf({ source }: ImportContext, findings: ImportFindings, own: boolean): readonly string[] {
  const { settings, secrets } = findings;
  const known = [...secrets].filter(([, value]) => isKnownDefault(value)).map(([path]) => secretName(path));
  const host = settings.get('postgres.host');
  const database = source.services.find(({ key }) => key === host);
  const filePath = settings.get('storage.filePath');
  return [
    ...(known.length === 0 ? [] : [`publicly known, and refused in production: ${known.join(', ')}; change them in both places`]),
    ...(database === undefined
      ? []
      : [
          `postgres.host is "${database.key}", a name that only its own compose project knows: publish its port and set an address that containers reach`,
        ]),
    ...(own || typeof filePath !== 'string'
      ? []
      : [`the storage server is user 1000 and must be able to write: chown -R 1000:1000 ${filePath}`]),
    ...(own || !source.services.some(({ value }) => roleOf(value) === 'storage')
      ? []
      : [
          'the storage server of this stack takes the place of that one; with storage.engine: supabase the official image goes on',
          'stop the storage server of that file before `supastor up`, and back its database up: it is taken over (docs/guides/migrating-from-supabase.md)',
        ]),
  ];
}

/** Rules that span settings, as far as they are broken. */
function crossed(findings: ImportFindings): readonly string[] {
  const parsed = configOf(findings);
  return crossCheck(parsed).map(({ path, reason }) => `${path} ${reason}`);
}
