import { rolesOfTokens } from '../migrations/roles-of-tokens.ts';
import { historyCondition, type SchemaFacts, type TableFacts } from './schema-facts.ts';

interface AdoptionStep {
  /** What it does, for logs. */
  readonly label: string;
  readonly sql: string;
}

export type AdoptionPlan =
  /** The schema is ours, or there is none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'refuse'; readonly reasons: readonly string[] }
  | { readonly kind: 'adopt'; readonly upstream: string | null; readonly steps: readonly AdoptionStep[] };

/** The migration whose outcome an adopted schema has. */
export const FIRST_MIGRATION = '0001-storage-schema';

const OBJECT_COLUMNS = {
  owner: 'uuid',
  created_at: 'timestamptz default now()',
  updated_at: 'timestamptz default now()',
  last_accessed_at: 'timestamptz default now()',
  metadata: 'jsonb',
  path_tokens: `text[] generated always as (string_to_array(name, '/')) stored`,
  version: 'text',
  owner_id: 'text',
  user_metadata: 'jsonb',
  size_bytes: 'bigint',
  sha256: 'text',
} as const;
const BUCKET_COLUMNS = {
  owner: 'uuid',
  created_at: 'timestamptz default now()',
  updated_at: 'timestamptz default now()',
  public: 'boolean default false',
  avif_autodetection: 'boolean default false',
  file_size_limit: 'bigint',
  allowed_mime_types: 'text[]',
  owner_id: 'text',
  type: `storage.buckettype not null default 'STANDARD'`,
} as const;
const BUCKET_TYPES = ['STANDARD', 'ANALYTICS', 'VECTOR'];

/** Tables of the original that get out of the way of ours of the same name. */
const MULTIPART_TABLES = ['s3_multipart_uploads_parts', 's3_multipart_uploads'];
const ALTERED_TABLES = ['buckets', 'objects', 'migrations', 'prefixes', ...MULTIPART_TABLES];
/** Functions of the original whose triggers we keep; its other triggers on objects and buckets serve what we do otherwise. */
const KEPT_TRIGGERS = new Set(['storage.update_updated_at_column', 'storage.enforce_bucket_name_length']);

/** What our migrations make in schema storage. */
interface ReservedNames {
  readonly tables: readonly string[];
  readonly functions: readonly string[];
}

/** Decides how to take over a schema of the original. */
export function planAdoption(facts: SchemaFacts, reserved: ReservedNames): AdoptionPlan {
  const buckets = facts.tables.find(({ name }) => name === 'buckets');
  const objects = facts.tables.find(({ name }) => name === 'objects');
  if (facts.applied.includes(FIRST_MIGRATION) || (buckets === undefined && objects === undefined)) return { kind: 'none' };
  if (buckets === undefined || objects === undefined)
    return {
      kind: 'refuse',
      reasons: [`storage.${buckets === undefined ? 'buckets' : 'objects'} is missing, so this is not a schema of Supabase Storage`],
    };
  const reasons = [...shapeProblems(buckets, objects), ...rightsProblems(facts, reserved), ...conflicts(facts, reserved)];
  if (reasons.length > 0) return { kind: 'refuse', reasons };
  return { kind: 'adopt', upstream: facts.upstream, steps: steps(facts, buckets, objects) };
}

function shapeProblems(buckets: TableFacts, objects: TableFacts): readonly string[] {
  const wanted: readonly (readonly [TableFacts, string, string])[] = [
    [buckets, 'id', 'text'],
    [buckets, 'name', 'text'],
    [objects, 'id', 'uuid'],
    [objects, 'bucket_id', 'text'],
    [objects, 'name', 'text'],
  ];
  return wanted.flatMap(([{ name, columns }, column, type]) =>
    columns[column] === type ? [] : [`storage.${name}.${column} is ${columns[column] ?? 'missing'} and should be ${type}`],
  );
}

function rightsProblems({ user, mayCreate, tables, functions }: SchemaFacts, reserved: ReservedNames): readonly string[] {
  const foreign = tables.filter(({ name, isOurs }) => !isOurs && ALTERED_TABLES.includes(name));
  const foreignFunctions = functions.filter(({ name, isOurs }) => !isOurs && reserved.functions.includes(name));
  return [
    ...(mayCreate ? [] : [`role ${user} may not create in schema storage: grant create, usage on schema storage to ${user}`]),
    ...foreign.map(
      ({ name, owner }) => `storage.${name} belongs to ${owner}: connect as ${owner}, or alter table storage.${name} owner to ${user}`,
    ),
    ...foreignFunctions.map(({ name, owner }) => `storage.${name}() belongs to ${owner}: alter routine storage.${name} owner to ${user}`),
  ];
}

function conflicts({ tables, hasDuplicateKeys }: SchemaFacts, reserved: ReservedNames): readonly string[] {
  const taken = tables.filter(
    ({ name }) => reserved.tables.includes(name) && !['buckets', 'objects', 'supastor_migrations', ...MULTIPART_TABLES].includes(name),
  );
  return [
    ...taken.map(({ name }) => `storage.${name} exists already, and we need the name: rename it`),
    ...(hasDuplicateKeys ? ['storage.objects has several current rows for the same bucket and name: delete all but one of each'] : []),
  ];
}

function steps(facts: SchemaFacts, buckets: TableFacts, objects: TableFacts): readonly AdoptionStep[] {
  return [
    { label: 'roles of tokens', sql: rolesOfTokens },
    // What the original grants on everything that will ever be made would open our own tables.
    { label: 'close default privileges', sql: CLOSE_DEFAULTS },
    { label: 'drop triggers of the original', sql: dropTriggers(facts) },
    { label: 'put object versions aside', sql: facts.hasHistory ? putAside('object_versions', historyCondition(objects) ?? 'false') : '' },
    { label: 'put multipart uploads aside', sql: moveMultipart(facts) },
    { label: 'drop the folder table', sql: dropPrefixes(facts, objects) },
    { label: 'release owners from the auth schema', sql: dropForeignKeys(facts) },
    { label: 'bucket types', sql: bucketTypes(facts) },
    { label: 'columns of buckets', sql: addColumns(buckets, BUCKET_COLUMNS) },
    { label: 'columns of objects', sql: addColumns(objects, OBJECT_COLUMNS) },
    { label: 'sizes of objects', sql: FILL_SIZES },
    {
      label: 'owners as text',
      sql: objects.columns['owner_id'] === undefined && objects.columns['owner'] !== undefined ? FILL_OWNERS : '',
    },
    { label: 'keys and indexes', sql: `${objects.hasPrimaryKey ? '' : PRIMARY_KEY}${INDEXES}` },
    { label: 'row security and grants', sql: SECURITY },
  ].filter(({ sql }) => sql !== '');
}

const CLOSE_DEFAULTS = `
alter default privileges in schema storage revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema storage revoke all on functions from anon, authenticated, service_role;
alter default privileges in schema storage revoke all on sequences from anon, authenticated, service_role;`;

function dropTriggers({ triggers }: SchemaFacts): string {
  return triggers
    .filter(
      ({ table, call }) =>
        ['objects', 'buckets', 'prefixes', ...MULTIPART_TABLES].includes(table) && call.startsWith('storage.') && !KEPT_TRIGGERS.has(call),
    )
    .map(({ table, name }) => `drop trigger if exists ${quote(name)} on storage.${quote(table)};`)
    .join('\n');
}

function putAside(name: string, condition: string): string {
  return `create table storage.upstream_${name} as select * from storage.objects where ${condition};
alter table storage.upstream_${name} enable row level security;
alter table storage.objects disable trigger user;
delete from storage.objects where ${condition};
alter table storage.objects enable trigger user;`;
}

/** Uploads that the original has begun cannot be continued, as their parts are in its store; nothing may hang on their buckets. */
function moveMultipart({ tables, foreignKeys, hasMultipartUploads }: SchemaFacts): string {
  const present = MULTIPART_TABLES.filter((name) => tables.some((table) => table.name === name));
  if (!hasMultipartUploads) return present.map((name) => `drop table storage.${name};`).join('\n');
  const released = foreignKeys
    .filter(({ table, target }) => present.includes(table) && target === 'storage.buckets')
    .map(({ table, name }) => `alter table storage.${table} drop constraint ${quote(name)};`);
  const closed = present.map(
    (name) => `alter table storage.${name} rename to upstream_${name};
revoke all on storage.upstream_${name} from anon, authenticated, service_role;`,
  );
  return [...released, ...closed].join('\n');
}

/** Derived data. Views of users may use it: then it stays as it is, without holding buckets back. */
function dropPrefixes({ tables, foreignKeys }: SchemaFacts, objects: TableFacts): string {
  const table = tables.some(({ name }) => name === 'prefixes')
    ? `${foreignKeys
        .filter(({ table: name }) => name === 'prefixes')
        .map(({ name }) => `alter table storage.prefixes drop constraint ${quote(name)};`)
        .join('\n')}\n${dropUnlessUsed('drop table storage.prefixes')}`
    : '';
  return table + (objects.columns['level'] === undefined ? '' : dropUnlessUsed('alter table storage.objects drop column level'));
}

function dropUnlessUsed(statement: string): string {
  return `do $$ begin ${statement}; exception when dependent_objects_still_exist then raise notice 'still in use: ${statement}'; end $$;\n`;
}

function dropForeignKeys({ foreignKeys }: SchemaFacts): string {
  return foreignKeys
    .filter(({ table, target }) => ['buckets', 'objects'].includes(table) && target === 'auth.users')
    .map(({ table, name }) => `alter table storage.${table} drop constraint ${quote(name)};`)
    .join('\n');
}

function bucketTypes({ bucketTypes: known }: SchemaFacts): string {
  if (known === null) return `create type storage.buckettype as enum (${BUCKET_TYPES.map((label) => `'${label}'`).join(', ')});`;
  return BUCKET_TYPES.filter((label) => !known.includes(label))
    .map((label) => `alter type storage.buckettype add value '${label}';`)
    .join('\n');
}

function addColumns({ name, columns }: TableFacts, wanted: Readonly<Record<string, string>>): string {
  return Object.entries(wanted)
    .filter(([column]) => columns[column] === undefined)
    .map(([column, definition]) => `alter table storage.${name} add column ${column} ${definition};`)
    .join('\n');
}

/** Sizes are in the metadata; triggers are off, so that nobody's \`updated_at\` changes and nobody is told. */
const FILL_SIZES = `
alter table storage.objects disable trigger user;
update storage.objects set size_bytes = (metadata ->> 'size')::numeric::bigint
  where size_bytes is null and metadata ->> 'size' ~ '^[0-9]{1,18}$';
alter table storage.objects enable trigger user;`;

const FILL_OWNERS = `
alter table storage.objects disable trigger user;
update storage.objects set owner_id = owner::text where owner is not null and owner_id is null;
alter table storage.objects enable trigger user;
update storage.buckets set owner_id = owner::text where owner is not null and owner_id is null;`;

const PRIMARY_KEY = 'alter table storage.objects add primary key (id);\n';

const INDEXES = `
alter table storage.objects alter column id set default gen_random_uuid();
create unique index if not exists bname on storage.buckets (name);
create unique index if not exists bucketid_objname on storage.objects (bucket_id, name);
create index if not exists objects_version on storage.objects (version);
create index if not exists idx_objects_bucket_id_name on storage.objects (bucket_id, name collate "C");
create or replace function storage.update_updated_at_column() returns trigger language plpgsql as $$
begin
  new.updated_at = now();
  return new;
end $$;
drop trigger if exists update_objects_updated_at on storage.objects;
create trigger update_objects_updated_at before update on storage.objects
  for each row execute function storage.update_updated_at_column();`;

const SECURITY = `
grant usage on schema storage to anon, authenticated, service_role;
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
grant select, insert, update, delete on storage.buckets, storage.objects to anon, authenticated, service_role;`;

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
