import { type ConfigEntry, entryOf } from '../config/node.ts';
import { bytesOf, type ServiceVariable, textOf, type VariableSources, variablesOf, volumesOf } from './compose-service.ts';
import { type ImportFindings, type Place, settingOf } from './import-findings.ts';
import { FIELD_REASONS, reasonForOther, roleOf, type ServiceRole } from './service-roles.ts';

export interface OtherContext extends VariableSources {
  /** The absolute path of what the compose file mounts. */
  resolvePath(path: string): string;
}

/** One service that is looked at. */
interface Job {
  readonly entry: ConfigEntry;
  readonly role: ServiceRole;
  readonly variables: readonly ServiceVariable[];
  /** Where the storage server keeps bytes; `file` unless it says otherwise. */
  readonly backend: string;
  readonly context: OtherContext;
  readonly findings: ImportFindings;
}

/** Settings that variables of a service may become. */
const PREFIXES: Readonly<Record<ServiceRole, readonly string[]>> = {
  storage: ['storage.', 'auth.', 'logging.level'],
  meta: ['meta.cryptoKey', 'logging.level'],
  postgres: ['postgres.password'],
  images: [],
  gateway: ['admin.password'],
  other: [],
};

/** The order in which services count where they say different things. */
const ORDER: readonly ServiceRole[] = ['storage', 'meta', 'postgres', 'images', 'gateway', 'other'];

const VARIABLE_REASONS: Readonly<Record<string, string>> = {
  POSTGREST_URL: 'the storage server reads its database itself',
  IMGPROXY_URL: 'the storage server makes images itself',
  REQUEST_ALLOW_X_FORWARDED_PATH: 'a path in storage.endpoint does it',
  GLOBAL_S3_PROTOCOL: 'storage.s3.endpoint says it',
  PG_META_PORT: 'ports inside of containers are known',
  PG_META_HOST: 'addresses inside of containers are known',
  PGPORT: 'ports inside of containers are known',
  SERVER_PORT: 'ports inside of containers are known',
  PORT: 'ports inside of containers are known',
  DASHBOARD_USERNAME: 'people sign in to this console with their address: admin.email',
};

/** Takes what there is to take from a compose file that we did not make, such as the one of Supabase. */
export function importOther(context: OtherContext, findings: ImportFindings): void {
  const jobs = context.source.services.map((entry): Job => {
    const variables = variablesOf(entry.value, context);
    const backend = variables.find(({ name }) => name === 'STORAGE_BACKEND')?.value ?? 'file';
    return { entry, role: roleOf(entry.value), variables, backend, context, findings };
  });
  for (const job of jobs.toSorted((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role))) {
    if (job.role === 'other') findings.leave(whole(job), reasonForOther(job.entry.value));
    else if (job.role === 'gateway') importGateway(job);
    else importService(job);
  }
}

function whole({ entry }: Job): Place {
  return { service: entry.key, field: '', at: entry.at };
}

/** It stays in front of the rest of Supabase; of what it knows, the password of the console is of use. */
function importGateway(job: Job): void {
  const password = job.variables.find(({ name }) => name === 'DASHBOARD_PASSWORD');
  if (password !== undefined) takeVariable(job, password, 'admin.password');
  job.findings.leave(whole(job), 'stays in front of the rest of Supabase; let its route /storage/v1/ lead to the balancer of this stack');
}

function importService(job: Job): void {
  const { entry, role, findings } = job;
  for (const variable of job.variables) importVariable(job, variable);
  for (const field of entry.value.kind === 'map' ? entry.value.entries : []) {
    const place = { service: entry.key, field: field.key, at: field.at };
    if (field.key === 'environment' || field.key === 'env_file') continue;
    if (field.key === 'deploy') importDeploy(job, field);
    else if (field.key === 'mem_limit' && hasMemory(role)) findings.take(place, `containers.memory.${role}`, bytesOf(textOf(field.value)));
    else findings.leave(place, ROLE_REASONS[role] ?? FIELD_REASONS[field.key] ?? 'there is no setting for it');
  }
}

/** Why nothing else is taken of services that are not run. */
const ROLE_REASONS: Partial<Record<ServiceRole, string>> = {
  postgres: 'this Postgres goes on running as it is, with its data',
  images: 'the storage server makes images itself',
};

function hasMemory(role: ServiceRole): role is 'storage' | 'meta' | 'postgres' {
  return role === 'storage' || role === 'meta' || role === 'postgres';
}

function importDeploy({ entry, role, findings }: Job, { value }: ConfigEntry): void {
  for (const part of value.kind === 'map' ? value.entries : []) {
    const place = { service: entry.key, field: `deploy.${part.key}`, at: part.at };
    const memory = entryOf(entryOf(part.value, 'limits')?.value, 'memory');
    if (part.key === 'replicas' && (role === 'storage' || role === 'meta')) findings.take(place, `${role}.replicas`, textOf(part.value));
    else if (part.key === 'resources' && memory !== undefined && hasMemory(role))
      findings.take({ ...place, field: 'deploy.resources.limits.memory' }, `containers.memory.${role}`, bytesOf(textOf(memory.value)));
    else findings.leave(place, 'the rollout is the one of this stack');
  }
}

function importVariable(job: Job, variable: ServiceVariable): void {
  const { name, field, at, value } = variable;
  const { role, findings } = job;
  const place = { service: job.entry.key, field, at };
  if (role === 'storage') return importStorageVariable(job, variable);
  if (role === 'meta' && name === 'PG_META_DB_URL') return takeDatabase(job, variable, 'postgres.password');
  if (role === 'meta' && name.startsWith('PG_META_DB_')) return takeVariable(job, variable, META_DATABASE[name] ?? null);
  if (role === 'images' && name === 'IMGPROXY_MAX_SRC_RESOLUTION')
    return findings.take(place, 'storage.images.maxPixels', Math.round(Number(value) * 1_000_000));
  if (role === 'images') return findings.leave(place, 'the storage server makes images itself');
  if (role === 'postgres') {
    const path = { POSTGRES_PASSWORD: 'postgres.password', POSTGRES_DB: 'postgres.database' }[name];
    return path === undefined ? findings.leave(place, 'this Postgres goes on running as it is') : takeVariable(job, variable, path);
  }
  takeVariable(job, variable, VARIABLE_REASONS[name] === undefined ? settingOf(name, PREFIXES[role]) : null);
}

function importStorageVariable(job: Job, variable: ServiceVariable): void {
  const { name, field, at } = variable;
  const place = { service: job.entry.key, field, at };
  if (name === 'DATABASE_URL' || name === 'DATABASE_POOL_URL') return takeDatabase(job, variable, 'postgres.storagePassword');
  if (name === 'DATABASE_REPLICA_URLS') return takeReplicas(job, variable);
  if (name === 'SUPASTOR_MAX_REPLICA_LAG_MS') return takeVariable(job, variable, 'postgres.maxReplicaLag');
  if (/^(STORAGE_FILE_BACKEND_PATH|FILE_STORAGE_BACKEND_PATH)$/.test(name)) return takeDirectory(job, variable);
  if (job.backend === 'file') {
    if (/^(GLOBAL|STORAGE)_S3_BUCKET$/.test(name)) return takeVariable(job, variable, 'storage.upstream.s3.bucket');
    if (/^(GLOBAL_S3_|STORAGE_S3_|AWS_)/.test(name)) return job.findings.leave(place, 'bytes are files here (STORAGE_BACKEND)');
  }
  takeVariable(job, variable, VARIABLE_REASONS[name] === undefined ? settingOf(name, PREFIXES.storage) : null);
}

const META_DATABASE: Readonly<Record<string, string>> = {
  PG_META_DB_HOST: 'postgres.host',
  PG_META_DB_PORT: 'postgres.port',
  PG_META_DB_NAME: 'postgres.database',
  PG_META_DB_USER: 'postgres.user',
  PG_META_DB_PASSWORD: 'postgres.password',
};

function takeVariable({ entry, findings }: Job, { name, value, field, at, unset }: ServiceVariable, path: string | null): void {
  const place = { service: entry.key, field, at };
  const has = unset.length === 1 ? 'has' : 'have';
  if (path === null) findings.leave(place, VARIABLE_REASONS[name] ?? 'there is no setting for it');
  else if (unset.length > 0) findings.leave(place, `${unset.join(', ')} ${has} no value; put it into .env beside the file`);
  else if (value === '') findings.leave(place, 'is empty');
  else findings.take(place, path, value);
}

/** A database URL is several settings at once. */
function takeDatabase(job: Job, variable: ServiceVariable, passwordPath: string): void {
  const { findings } = job;
  const place = { service: job.entry.key, field: variable.field, at: variable.at };
  if (variable.unset.length > 0) return takeVariable(job, variable, passwordPath);
  const url = URL.parse(variable.value);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) return findings.leave(place, 'is no URL of a Postgres');
  const isPool = variable.name === 'DATABASE_POOL_URL';
  findings.take(place, isPool ? 'postgres.poolerHost' : 'postgres.host', url.hostname);
  if (url.port !== '') findings.take(place, isPool ? 'postgres.poolerPort' : 'postgres.port', url.port);
  if (isPool) return;
  const mode = url.searchParams.get('sslmode');
  if (mode !== null) findings.take(place, 'postgres.sslMode', mode);
  findings.take(place, 'postgres.database', decodeURIComponent(url.pathname.slice(1)) || 'postgres');
  if (url.password !== '') findings.take(place, passwordPath, decodeURIComponent(url.password));
  if (passwordPath === 'postgres.password' && url.username !== '') findings.take(place, 'postgres.user', decodeURIComponent(url.username));
}

/** User, database and TLS are those of the primary. */
function takeReplicas(job: Job, variable: ServiceVariable): void {
  const { value, field, at, unset } = variable;
  if (unset.length > 0 || value === '') return takeVariable(job, variable, 'postgres.replicas');
  const hosts = value.split(',').map((url) => URL.parse(url.trim())?.host ?? '');
  const place = { service: job.entry.key, field, at };
  if (hosts.includes('')) return job.findings.leave(place, 'is no list of URLs of Postgres');
  job.findings.take(place, 'postgres.replicas', hosts.join(','));
}

/** A path inside of the container is a directory of the host that is mounted there. */
function takeDirectory({ entry, backend, context, findings }: Job, { value, field, at }: ServiceVariable): void {
  const place = { service: entry.key, field, at };
  if (backend !== 'file') return findings.leave(place, 'bytes are in a bucket (STORAGE_BACKEND)');
  const [volume] = volumesOf(entry.value)
    .filter(({ target }) => value === target || value.startsWith(`${target}/`))
    .toSorted((a, b) => b.target.length - a.target.length);
  if (volume === undefined) return findings.leave(place, 'nothing is mounted there, so its bytes are lost with the container');
  if (!volume.isBind) {
    const reason = `its bytes are in the volume ${volume.source}: copy them into a directory and name that as storage.filePath`;
    return findings.leave(place, reason);
  }
  findings.take(place, 'storage.filePath', `${context.resolvePath(volume.source)}${value.slice(volume.target.length)}`);
}
