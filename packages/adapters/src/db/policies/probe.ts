import { SupastorError } from '@supastor/contract/errors';
import type { ProbedCommand, ProbedPolicy, ProbeFacts, ProbeRequest } from '@supastor/core/policies/policy-store.port';
import { quoteIdentifier } from '@supastor/core/policies/policy-sql';
import { codeOf, text, textOrNull } from '../query.ts';
import { runVerb } from './run-verb.ts';
import type { Transaction } from '../transaction.ts';

type Json = Readonly<Record<string, unknown>>;
type Command = ProbedCommand['command'];

/** The rows a command is about: what is there, and what would be. */
interface Rows {
  readonly existing: Json;
  readonly fresh: Json;
}

const COMMANDS: Readonly<Record<ProbeRequest['verb'], readonly Command[]>> = {
  read: ['SELECT'],
  list: ['SELECT'],
  upload: ['INSERT'],
  overwrite: ['INSERT', 'SELECT', 'UPDATE'],
  delete: ['SELECT', 'DELETE'],
  copy: ['SELECT', 'INSERT'],
  move: ['SELECT', 'UPDATE'],
};

/** Policies that concern the role, with the expression of each part as Postgres combines them. */
const CONCERNING = `select p.policyname, p.permissive = 'PERMISSIVE' as permissive, p.qual, coalesce(p.with_check, p.qual) as with_check
  from pg_policies p where p.schemaname = 'storage' and p.tablename = 'objects' and p.cmd in ('ALL', $1)
    and exists (select from unnest(p.roles) r where r = 'public' or pg_has_role($2, r, 'usage')) order by p.policyname`;

/** Everything that decides about a verb. Leaves locks and changes behind: the transaction must be taken back. */
export async function probe(transaction: Transaction, request: ProbeRequest): Promise<ProbeFacts> {
  const { run, attempt } = transaction;
  await run(`set local statement_timeout = '4s'`);
  await run(`set local lock_timeout = '1s'`);
  const role = await readRole(transaction, request.role);
  const bucket = await readBucket(transaction, request.bucket);
  await run(`set local role ${quoteIdentifier(role.owner)}`);
  const { rows, objectExists } = await prepareRows(transaction, request);
  const commands: ProbedCommand[] = [];
  for (const command of COMMANDS[request.verb]) commands.push(await probeCommand(transaction, request, { command, rows }));
  const outcome = await attempt(async () => {
    await enter(transaction, request);
    return runVerb(transaction, request, rows.fresh);
  }).catch((error: unknown) => ({ rows: 0, error: messageOf(error) }));
  return { bypassesByRole: role.bypasses, tableIsOpen: role.tableIsOpen, bucketIsPublic: bucket.isPublic, objectExists, commands, outcome };
}

async function readRole({ run }: Transaction, name: string) {
  const { rows } = await run(
    `select r.rolbypassrls or r.rolsuper or (c.relowner = r.oid and not c.relforcerowsecurity) as bypasses, not c.relrowsecurity as open,
       pg_get_userbyid(c.relowner) as owner from pg_roles r, pg_class c where r.rolname = $1 and c.oid = 'storage.objects'::regclass`,
    [name],
  );
  const row = rows[0];
  if (!row)
    throw new SupastorError('SJ_NOT_FOUND', `There is no database role "${name}".`, {
      hint: 'anon, authenticated and service_role always exist.',
    });
  return { bypasses: row['bypasses'] === true, tableIsOpen: row['open'] === true, owner: text(row, 'owner') };
}

async function readBucket({ run }: Transaction, id: string) {
  const { rows } = await run('select public from storage.buckets where id = $1', [id]);
  if (!rows[0]) throw new SupastorError('SJ_NOT_FOUND', `There is no bucket "${id}".`, { hint: 'List the buckets to see their names.' });
  return { isPublic: rows[0]['public'] === true };
}

/** Puts the object in place, or away, as the verb needs it. */
async function prepareRows({ run }: Transaction, { verb, bucket, path, to, claims, metadata }: ProbeRequest) {
  await run(`select set_config('storage.allow_delete_query', 'true', true)`);
  const subject = typeof claims['sub'] === 'string' ? claims['sub'] : null;
  const found = await run('select to_jsonb(o) as row from storage.objects o where bucket_id = $1 and name = $2', [bucket, path]);
  const isNew = verb === 'upload';
  const target = to ?? path;
  if (isNew || to !== undefined) await run('delete from storage.objects where bucket_id = $1 and name = $2', [bucket, target]);
  if (!isNew && found.rows.length === 0) {
    await run(`insert into storage.objects (bucket_id, name, version, metadata) values ($1, $2, gen_random_uuid()::text, '{}')`, [
      bucket,
      path,
    ]);
  }
  const existing = await run('select to_jsonb(o) as row from storage.objects o where bucket_id = $1 and name = $2', [bucket, path]);
  const fresh = await run(`select to_jsonb(jsonb_populate_record(null::storage.objects, $1)) as row`, [
    JSON.stringify(newRow({ bucket, name: target, subject, metadata, kept: verb === 'move' ? asJson(existing.rows[0]?.['row']) : {} })),
  ]);
  return {
    rows: { existing: asJson(existing.rows[0]?.['row']), fresh: asJson(fresh.rows[0]?.['row']) },
    objectExists: found.rows.length > 0,
  };
}

interface NewRow {
  readonly bucket: string;
  readonly name: string;
  readonly subject: string | null;
  readonly metadata: Json;
  /** What a moved row keeps: everything but its name and, where the token has a subject, its owner. */
  readonly kept: Json;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function newRow({ bucket, name, subject, metadata, kept }: NewRow): Json {
  const now = new Date().toISOString();
  const owner = subject !== null && UUID.test(subject) ? { owner: subject } : {};
  const ownerId = subject === null || subject === '' ? {} : { owner_id: subject };
  const fresh = {
    id: crypto.randomUUID(),
    owner: null,
    owner_id: null,
    version: crypto.randomUUID(),
    metadata,
    created_at: now,
    updated_at: now,
    last_accessed_at: now,
  };
  return { ...fresh, ...kept, ...owner, ...ownerId, bucket_id: bucket, name, path_tokens: name.split('/') };
}

function asJson(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

async function probeCommand(
  transaction: Transaction,
  request: ProbeRequest,
  { command, rows }: { readonly command: Command; readonly rows: Rows },
): Promise<ProbedCommand> {
  const { run } = transaction;
  const privilege = await run(`select has_table_privilege($1, 'storage.objects', $2) as granted`, [request.role, command]);
  const concerning = await run(CONCERNING, [command, request.role]);
  const policies: ProbedPolicy[] = [];
  for (const row of concerning.rows) {
    const base = { name: text(row, 'policyname'), permissive: row['permissive'] === true };
    const using = textOrNull(row, 'qual');
    const check = textOrNull(row, 'with_check');
    if (command !== 'INSERT' && using !== null)
      policies.push({ ...base, part: 'using', ...(await evaluate(transaction, request, using, rows.existing)) });
    if ((command === 'INSERT' || command === 'UPDATE') && check !== null) {
      policies.push({ ...base, part: 'check', ...(await evaluate(transaction, request, check, rows.fresh)) });
    }
  }
  return { command, granted: privilege.rows[0]?.['granted'] === true, policies };
}

/** The expression is the catalogue's own text; the row it is asked about comes as a parameter. */
async function evaluate(
  transaction: Transaction,
  request: ProbeRequest,
  expression: string,
  row: Json,
): Promise<Pick<ProbedPolicy, 'verdict' | 'error'>> {
  try {
    const { rows } = await transaction.attempt(async () => {
      await enter(transaction, request);
      return transaction.run(`select (${expression}) as verdict from jsonb_populate_record(null::storage.objects, $1) as objects`, [
        JSON.stringify(row),
      ]);
    });
    const verdict = rows[0]?.['verdict'];
    if (verdict === null || verdict === undefined) return { verdict: 'null', error: null };
    return { verdict: verdict === true ? 'true' : 'false', error: null };
  } catch (error) {
    return { verdict: 'error', error: messageOf(error) };
  }
}

/** Becomes the caller as storage servers do: role, claims and what policies see of a request. */
async function enter({ run }: Transaction, { role, claims, verb, bucket, path }: ProbeRequest): Promise<void> {
  const subject = typeof claims['sub'] === 'string' ? claims['sub'] : '';
  await run(
    `select set_config('role', $1, true), set_config('request.jwt.claim.role', $1, true), set_config('request.jwt.claim.sub', $2, true),
       set_config('request.jwt.claims', $3, true), set_config('request.headers', '{}', true), set_config('request.method', $4, true),
       set_config('request.path', $5, true), set_config('storage.operation', $6, true)`,
    [role, subject, JSON.stringify(claims), METHODS[verb], `/object/${bucket}/${path}`, OPERATIONS[verb]],
  );
}

const METHODS: Readonly<Record<ProbeRequest['verb'], string>> = {
  read: 'GET',
  list: 'POST',
  upload: 'POST',
  overwrite: 'PUT',
  delete: 'DELETE',
  copy: 'POST',
  move: 'POST',
};
const OPERATIONS: Readonly<Record<ProbeRequest['verb'], string>> = {
  read: 'storage.object.get_authenticated',
  list: 'storage.object.list',
  upload: 'storage.object.upload',
  overwrite: 'storage.object.upload_update',
  delete: 'storage.object.delete',
  copy: 'storage.object.copy',
  move: 'storage.object.move',
};

/** A lost connection is no verdict. */
function messageOf(error: unknown): string {
  if (codeOf(error) === undefined || !(error instanceof Error)) throw error;
  return error.message;
}
