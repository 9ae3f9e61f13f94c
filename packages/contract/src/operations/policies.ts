import { z } from 'zod';
import { signedLinkSchema } from '../wire/signed-link.ts';
import { defineOperation } from './define.ts';
import { sensitive } from './sensitive.ts';
import { plainText } from './text.ts';

export const policyTableSchema = z.enum(['objects', 'buckets']).describe('Table the policy is on: objects or buckets');
export const policyCommandSchema = z.enum(['ALL', 'SELECT', 'INSERT', 'UPDATE', 'DELETE']).describe('SQL command the policy is for');

/** At most as long as Postgres keeps a name. */
const identifier = z.string().min(1).max(63).refine(isPlain, 'control characters and broken Unicode are not allowed');
const policyName = identifier.describe('Name of the policy, up to 63 characters');
const roleName = identifier;
/** A boolean SQL expression over the columns of the table. */
const expression = z
  .string()
  .trim()
  .min(1, "write a boolean SQL expression, such as bucket_id = 'photos'")
  .max(20_000)
  .refine((text) => !text.includes('\u0000') && text.isWellFormed(), 'zero bytes and broken Unicode are not allowed');

function isPlain(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text);
}

const draftShape = {
  table: policyTableSchema.default('objects'),
  name: policyName,
  command: policyCommandSchema,
  permissive: z.boolean().default(true).describe('True: it lets in; false: restrictive, it can only take away'),
  roles: z.array(roleName).min(1).max(50).default(['public']).describe('Database roles it applies to; `public` is everybody'),
  using: expression
    .nullable()
    .default(null)
    .describe('SQL expression: which existing rows. For SELECT, UPDATE, DELETE and ALL; null: none'),
  check: expression.nullable().default(null).describe('SQL expression: which new rows. For INSERT, UPDATE and ALL; null: none'),
};

/** A policy as somebody wants it. */
export const policyDraftSchema = z.strictObject(draftShape).superRefine(refuseMisfits).describe('The policy as it shall be');
export type PolicyDraft = z.infer<typeof policyDraftSchema>;

function refuseMisfits({ command, using, check }: PolicyShape, context: z.core.$RefinementCtx): void {
  const refuse = (field: 'using' | 'check', message: string) => context.addIssue({ code: 'custom', path: [field], message });
  if (command === 'INSERT' && using !== null) refuse('using', 'INSERT policies see no existing row; use check');
  if (command === 'INSERT' && check === null) refuse('check', 'an INSERT policy needs a check expression');
  if ((command === 'SELECT' || command === 'DELETE') && check !== null) refuse('check', `${command} policies make no new row; use using`);
  if (command !== 'INSERT' && using === null) refuse('using', `a policy for ${command} needs a using expression`);
}

interface PolicyShape {
  readonly command: z.infer<typeof policyCommandSchema>;
  readonly using: string | null;
  readonly check: string | null;
}

/** A policy as the database has it. */
export const policySchema = z.object({
  table: policyTableSchema,
  name: z.string(),
  command: policyCommandSchema,
  permissive: z.boolean(),
  roles: z.array(z.string()),
  using: z.string().nullable(),
  check: z.string().nullable(),
  /** Buckets its expressions name; empty when it speaks of all. */
  buckets: z.array(z.string()),
  /** Changes with the definition; send it along with a change to be told when somebody was faster. */
  revision: z.string(),
});
export type Policy = z.infer<typeof policySchema>;

export const policyFindingSchema = z.object({
  rule: z.string(),
  level: z.enum(['error', 'warning', 'hint']),
  message: z.string(),
  /** What to write instead. */
  advice: z.string(),
});
export type PolicyFinding = z.infer<typeof policyFindingSchema>;

const planSchema = z.object({
  /** SQL in the order it is run, in one transaction. */
  statements: z.array(z.string()),
  /** Lines of the definition before and after, marked ` `, `-` or `+`. */
  diff: z.array(z.string()),
  findings: z.array(policyFindingSchema),
});
const changedSchema = planSchema.extend({ policy: policySchema.nullable(), changeId: z.string() });

const revision = z
  .string()
  .max(64)
  .optional()
  .describe('Revision the change is based on; refused when the policy has changed since. Left out: it is changed as it is');
const byName = { table: policyTableSchema, name: policyName };

export const policiesList = defineOperation({
  name: 'policies.list',
  summary: 'Row-level security policies of buckets and objects',
  input: z.strictObject({
    table: policyTableSchema.optional(),
    bucket: plainText(100).optional().describe('Only those that name this bucket or speak of all'),
  }),
  output: z.object({ policies: z.array(policySchema.extend({ findings: z.array(policyFindingSchema) })) }),
  permission: 'policies:read',
  effect: 'read',
  rest: { method: 'GET', path: '/policies' },
});

export const policyPatternSchema = z.object({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  parameters: z.array(z.object({ name: z.string(), title: z.string(), required: z.boolean(), example: z.string(), isList: z.boolean() })),
});
export type PolicyPattern = z.infer<typeof policyPatternSchema>;

export const policiesPatterns = defineOperation({
  name: 'policies.patterns',
  summary: 'Ready-made policies and what each needs to know',
  input: z.strictObject({}),
  output: z.object({ patterns: z.array(policyPatternSchema) }),
  permission: 'policies:read',
  effect: 'read',
  rest: { method: 'GET', path: '/policy-patterns' },
});

export const policiesRender = defineOperation({
  name: 'policies.render',
  summary: 'Policies out of a pattern, for looking at or creating',
  input: z.strictObject({
    pattern: z.string().max(64).describe('Name of the pattern, as policies.patterns lists it'),
    parameters: z
      .record(z.string().max(64), z.union([plainText(500), z.array(plainText(100)).max(50)]))
      .default({})
      .describe('Parameters of the pattern, by name'),
  }),
  output: z.object({ drafts: z.array(z.object(draftShape)) }),
  permission: 'policies:read',
  effect: 'read',
  rest: { method: 'POST', path: '/policy-patterns/{pattern}/render' },
});

export const policiesPlan = defineOperation({
  name: 'policies.plan',
  summary: 'What a change of a policy would do; tried in the database and taken back',
  input: z.strictObject({
    action: z.enum(['create', 'update', 'delete']).describe('What to do with the policy'),
    table: policyTableSchema.default('objects'),
    name: policyName.optional().describe('The policy that is changed or deleted'),
    draft: policyDraftSchema.optional().describe('The policy as it shall be'),
  }),
  output: planSchema,
  permission: 'policies:read',
  effect: 'read',
  rest: { method: 'POST', path: '/policies/plan' },
});

export const policiesCreate = defineOperation({
  name: 'policies.create',
  summary: 'Create a policy, as the owner of the table',
  input: policyDraftSchema,
  output: changedSchema,
  permission: 'policies:write',
  effect: 'write',
  rest: { method: 'POST', path: '/policies' },
});

export const policiesUpdate = defineOperation({
  name: 'policies.update',
  summary: 'Replace a policy by another definition',
  input: z.strictObject({ ...byName, draft: policyDraftSchema, revision }),
  output: changedSchema,
  permission: 'policies:write',
  effect: 'destructive',
  rest: { method: 'PUT', path: '/policies/{table}/{name}' },
});

export const policiesDelete = defineOperation({
  name: 'policies.delete',
  summary: 'Delete a policy',
  input: z.strictObject({ ...byName, revision }),
  output: changedSchema,
  permission: 'policies:write',
  effect: 'destructive',
  rest: { method: 'DELETE', path: '/policies/{table}/{name}' },
});

export const policyChangeSchema = z.object({
  id: z.string(),
  at: z.string(),
  by: z.string(),
  action: z.enum(['create', 'update', 'delete', 'rollback']),
  before: policySchema.nullable(),
  after: policySchema.nullable(),
  /** The later change that took this one back. */
  rolledBackBy: z.string().nullable(),
});
export type PolicyChange = z.infer<typeof policyChangeSchema>;

export const policiesHistory = defineOperation({
  name: 'policies.history',
  summary: 'Changes of policies made here, newest first',
  input: z.strictObject({
    limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most entries of one answer'),
    before: z
      .string()
      .regex(/^\d{1,18}$/, 'the id of a change')
      .optional()
      .describe('Only changes older than this one, by its id'),
  }),
  output: z.object({ changes: z.array(policyChangeSchema), next: z.string().nullable() }),
  permission: 'policies:read',
  effect: 'read',
  rest: { method: 'GET', path: '/policies/history' },
});

export const policiesRollback = defineOperation({
  name: 'policies.rollback',
  summary: 'Take one change of a policy back',
  input: z.strictObject({
    id: z
      .string()
      .regex(/^\d{1,18}$/, 'the id of a change')
      .describe('Id of the change to go back to'),
  }),
  output: changedSchema,
  permission: 'policies:write',
  effect: 'destructive',
  rest: { method: 'POST', path: '/policies/history/{id}/rollback' },
});

export const storageVerbSchema = z.enum(['read', 'list', 'upload', 'overwrite', 'delete', 'copy', 'move']);
export type StorageVerb = z.infer<typeof storageVerbSchema>;

const objectPath = plainText(1024).min(1);
const claimsSchema = z.record(z.string().max(200), z.unknown());
const identityShape = {
  role: roleName.optional().describe('Database role; taken from the claims when missing'),
  claims: claimsSchema.optional().describe('Claims of an access token'),
};

export const policyVerdictSchema = z.object({
  name: z.string(),
  permissive: z.boolean(),
  part: z.enum(['using', 'check']),
  /** `null`: the expression was null, which counts as no. */
  verdict: z.enum(['true', 'false', 'null', 'error']),
  error: z.string().nullable(),
});
export type PolicyVerdict = z.infer<typeof policyVerdictSchema>;

const stepSchema = z.object({
  command: z.enum(['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
  allowed: z.boolean(),
  /** False: the role lacks the table privilege, whatever policies say. */
  granted: z.boolean(),
  /** Names of the policies that made it so; empty when none applies. */
  decidedBy: z.array(z.string()),
  reason: z.string(),
  policies: z.array(policyVerdictSchema),
});
export type SimulatedStep = z.infer<typeof stepSchema>;

const simulationSchema = z.object({
  allowed: z.boolean(),
  role: z.string(),
  reason: z.string(),
  /** Why policies were not asked. */
  bypass: z.enum(['role', 'table', 'public bucket']).nullable(),
  /** What Postgres said when the statement was run for real, before it was taken back. */
  outcome: z.object({ rows: z.number().int(), error: z.string().nullable() }),
  steps: z.array(stepSchema),
});
export type Simulation = z.infer<typeof simulationSchema>;

export const policiesSimulate = defineOperation({
  name: 'policies.simulate',
  rate: 'heavy',
  summary: 'May this role or token do that to this path, and which policy decides?',
  input: z.strictObject({
    ...identityShape,
    token: sensitive(z.string().max(16_384).optional().describe('An access token whose claims are used; its signature is not checked')),
    verb: storageVerbSchema.describe('What is tried on the object'),
    bucket: plainText(100).min(1).describe('Name of the bucket'),
    path: objectPath.describe('Path of the object'),
    to: objectPath.optional().describe('Target of `copy` and `move`'),
    contentType: plainText(255).optional().describe('Content type of the upload'),
    sizeBytes: z.number().int().min(0).optional().describe('Size of the upload in bytes'),
  }),
  output: simulationSchema,
  permission: 'policies:read',
  effect: 'read',
  rest: { method: 'POST', path: '/policies/simulate' },
});

export const policiesWhoCan = defineOperation({
  name: 'policies.whoCan',
  rate: 'heavy',
  summary: 'Which roles and users may do that to this path, and through which policy',
  input: z.strictObject({
    verb: storageVerbSchema.exclude(['copy', 'move']).default('read').describe('What is tried on the object'),
    bucket: plainText(100).min(1).describe('Name of the bucket'),
    path: objectPath.describe('Path of the object'),
    users: z.array(plainText(255).min(1)).max(50).default([]).describe('Users to try besides the owner, by `sub`'),
  }),
  output: z.object({
    /** True: anyone with the address may read, without a token. */
    publicBucket: z.boolean(),
    identities: z.array(
      z.object({
        role: z.string(),
        subject: z.string().nullable(),
        label: z.string(),
        allowed: z.boolean(),
        reason: z.string(),
        decidedBy: z.array(z.string()),
      }),
    ),
    /** S3 access keys whose own limits let them; empty also where the storage server keeps none. */
    s3Keys: z.array(z.object({ accessKeyId: z.string(), name: z.string(), role: z.string(), allowed: z.boolean(), reason: z.string() })),
    /** Signed links to exactly this path that are alive, newest first, at most 100. */
    links: z.array(signedLinkSchema),
  }),
  permission: 'policies:read',
  effect: 'read',
  rest: { method: 'POST', path: '/policies/who-can' },
});
