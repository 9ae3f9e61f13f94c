import { SupastorError } from '@supastor/contract/errors';
import type { PolicyDraft, PolicyPattern } from '@supastor/contract/operations/policies';
import { quoteIdentifier, quoteLiteral } from './policy-sql.ts';

type Parameter = PolicyPattern['parameters'][number];
type Given = Readonly<Record<string, string | readonly string[]>>;
type Part = Pick<PolicyDraft, 'command' | 'using' | 'check'> &
  Partial<Pick<PolicyDraft, 'roles' | 'permissive'>> & { readonly label: string };

interface Pattern extends PolicyPattern {
  /** Policies for values that are all there; texts are not quoted yet. */
  readonly render: (values: Values) => readonly Part[];
}

interface Values {
  text(name: string): string;
  list(name: string): readonly string[];
}

const BUCKET: Parameter = { name: 'bucket', title: 'Bucket', required: true, example: 'photos', isList: false };
const FOLDER: Parameter = { name: 'folder', title: 'First folder of the path', required: true, example: 'public', isList: false };
const parameter = (name: string, title: string, example: string, isList = false): Parameter => ({
  name,
  title,
  required: true,
  example,
  isList,
});

const inBucket = (values: Values) => `bucket_id = ${quoteLiteral(values.text('bucket'))}`;
const UID = '(select auth.uid())::text';
const FIRST_FOLDER = '(storage.foldername(name))[1]';
const USERS = ['authenticated'];

const read = (using: string, roles: string[] = ['public']): Part => ({ label: 'read', command: 'SELECT', using, check: null, roles });
const insert = (check: string, roles: string[] = USERS): Part => ({ label: 'upload', command: 'INSERT', using: null, check, roles });
const update = (using: string, roles: string[] = USERS): Part => ({ label: 'change', command: 'UPDATE', using, check: using, roles });
const remove = (using: string, roles: string[] = USERS): Part => ({ label: 'delete', command: 'DELETE', using, check: null, roles });
const everything = (condition: string, roles: string[] = USERS): readonly Part[] => [
  read(condition, roles),
  insert(condition, roles),
  update(condition, roles),
  remove(condition, roles),
];

const PATTERNS: readonly Pattern[] = [
  {
    id: 'public-read',
    title: 'Everybody may read a bucket',
    summary: 'Anyone with the anon key lists and downloads; nobody writes.',
    parameters: [BUCKET],
    render: (values) => [read(inBucket(values))],
  },
  {
    id: 'authenticated-read',
    title: 'Signed-in users may read a bucket',
    summary: 'Tokens of role authenticated list and download.',
    parameters: [BUCKET],
    render: (values) => [read(inBucket(values), USERS)],
  },
  {
    id: 'authenticated-upload',
    title: 'Signed-in users may upload into a bucket',
    summary: 'New objects only; they may read back, but neither replace nor delete.',
    parameters: [BUCKET],
    render: (values) => [read(inBucket(values), USERS), insert(inBucket(values))],
  },
  {
    id: 'own-folder',
    title: 'Each user has a folder named by their id',
    summary: 'Read, upload, replace and delete under <user id>/.',
    parameters: [BUCKET],
    render: (values) => everything(`${inBucket(values)} and ${FIRST_FOLDER} = ${UID}`),
  },
  {
    id: 'owner-only',
    title: 'Users manage what they uploaded',
    summary: 'Uploads go anywhere in the bucket; only the uploader reads, replaces and deletes.',
    parameters: [BUCKET],
    render: (values) => {
      const owned = `${inBucket(values)} and owner_id = ${UID}`;
      return [read(owned, USERS), insert(inBucket(values)), update(owned), remove(owned)];
    },
  },
  {
    id: 'drop-box',
    title: 'Anyone may drop files in, nobody may look',
    summary: 'Uploads with the anon key; no reading, listing or replacing.',
    parameters: [BUCKET],
    render: (values) => [insert(inBucket(values), ['anon', 'authenticated'])],
  },
  {
    id: 'public-folder',
    title: 'One folder of a private bucket is readable by all',
    summary: 'The rest of the bucket stays as it is.',
    parameters: [BUCKET, FOLDER],
    render: (values) => [read(`${inBucket(values)} and ${FIRST_FOLDER} = ${quoteLiteral(values.text('folder'))}`)],
  },
  {
    id: 'team-folder',
    title: 'Members of a team share a folder',
    summary: 'The first folder is the id of a team; a table of yours says who belongs to it.',
    parameters: [
      BUCKET,
      parameter('table', 'Table of memberships, with its schema', 'public.team_members'),
      parameter('teamColumn', 'Column with the id of the team', 'team_id'),
      parameter('userColumn', 'Column with the id of the user', 'user_id'),
    ],
    render: (values) => {
      const [table, team, user] = [qualified(values.text('table')), quoteIdentifier(values.text('teamColumn')), values.text('userColumn')];
      const members = `select m.${team}::text from ${table} m where m.${quoteIdentifier(user)} = (select auth.uid())`;
      return everything(`${inBucket(values)} and ${FIRST_FOLDER} in (${members})`);
    },
  },
  {
    id: 'tenant-claim',
    title: 'Each tenant has a folder, by a claim of the token',
    summary: 'The first folder equals a value in app_metadata, which users cannot change themselves.',
    parameters: [BUCKET, parameter('claim', 'Name in app_metadata', 'tenant_id')],
    render: (values) => everything(`${inBucket(values)} and ${FIRST_FOLDER} = ${appMetadata(values.text('claim'))}`),
  },
  {
    id: 'role-claim',
    title: 'Administrators by a claim manage the whole bucket',
    summary: 'Tokens whose app_metadata has the value may do everything.',
    parameters: [BUCKET, parameter('claim', 'Name in app_metadata', 'role'), parameter('value', 'Its value', 'admin')],
    render: (values) => everything(`${inBucket(values)} and ${appMetadata(values.text('claim'))} = ${quoteLiteral(values.text('value'))}`),
  },
  {
    id: 'file-types',
    title: 'Only these kinds of files',
    summary: 'A restrictive policy: uploads with other extensions are refused, whatever else allows them.',
    parameters: [BUCKET, parameter('extensions', 'Extensions without the dot', 'jpg', true)],
    render: (values) => {
      const extensions = values.list('extensions').map((text) => quoteLiteral(text.toLowerCase().replace(/^\./, '')));
      const fits = `bucket_id <> ${quoteLiteral(values.text('bucket'))} or lower(storage.extension(name)) in (${extensions.join(', ')})`;
      return [{ label: 'file types', command: 'INSERT', using: null, check: fits, roles: ['public'], permissive: false }];
    },
  },
  {
    id: 'no-anonymous',
    title: 'No writes by anonymous sign-ins',
    summary: 'A restrictive policy: tokens with is_anonymous may not upload, whatever else allows them.',
    parameters: [BUCKET],
    render: (values) => {
      const known = `bucket_id <> ${quoteLiteral(values.text('bucket'))} or coalesce((select auth.jwt() ->> 'is_anonymous'), 'false') <> 'true'`;
      return [{ label: 'no anonymous users', command: 'INSERT', using: null, check: known, roles: ['public'], permissive: false }];
    },
  },
];

/** The patterns as doors show them. */
export function listPatterns(): PolicyPattern[] {
  return PATTERNS.map(({ id, title, summary, parameters }) => ({ id, title, summary, parameters }));
}

/**
 * The policies of a pattern, quoted and named.
 * @throws SJ_NOT_FOUND for an unknown pattern, SJ_INPUT_INVALID naming every parameter that is missing or unknown
 */
export function renderPattern(id: string, given: Given): PolicyDraft[] {
  const pattern = PATTERNS.find((candidate) => candidate.id === id);
  if (!pattern) {
    throw new SupastorError('SJ_NOT_FOUND', `There is no policy pattern "${id}".`, {
      hint: `One of: ${PATTERNS.map((each) => each.id).join(', ')}`,
    });
  }
  refuseWrongParameters(pattern, given);
  const values: Values = {
    text: (name) => [given[name] ?? ''].flat().join(','),
    list: (name) =>
      [given[name] ?? []]
        .flat()
        .flatMap((item) => item.split(','))
        .map((item) => item.trim()),
  };
  return pattern.render(values).map(({ label, roles = ['public'], permissive = true, command, using, check }) => {
    const name = `${values.text('bucket')}: ${pattern.id} (${label})`;
    return { table: 'objects', name: name.length <= 63 ? name : `${name.slice(0, 62)}…`, command, permissive, roles, using, check };
  });
}

function refuseWrongParameters({ id, parameters }: Pattern, given: Given): void {
  const isEmpty = (value: Given[string] | undefined) => value === undefined || [value].flat().every((item) => item.trim() === '');
  const errors = [
    ...parameters
      .filter(({ name, required }) => required && isEmpty(given[name]))
      .map(({ name, title }) => ({ path: `parameters.${name}`, message: `is missing (${title})` })),
    ...Object.keys(given)
      .filter((name) => !parameters.some((each) => each.name === name))
      .map((name) => ({ path: `parameters.${name}`, message: 'is not known' })),
  ];
  if (errors.length === 0) return;
  const message = errors.map(({ path, message: text }) => `${path} ${text}`).join('; ');
  throw new SupastorError('SJ_INPUT_INVALID', message, {
    hint: `Pattern ${id} takes: ${parameters.map(({ name }) => name).join(', ')}`,
    meta: { errors },
  });
}

function appMetadata(claim: string): string {
  return `(select auth.jwt() -> 'app_metadata' ->> ${quoteLiteral(claim)})`;
}

function qualified(name: string): string {
  return name.split('.').map(quoteIdentifier).join('.');
}
