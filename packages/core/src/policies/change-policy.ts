import { SupastorError } from '@supastor/contract/errors';
import type { Policy, PolicyChange, PolicyDraft, PolicyFinding } from '@supastor/contract/operations/policies';
import { lintPolicy } from './lint-policy.ts';
import { diffDefinitions } from './policy-definition.ts';
import { changeStatements, type PolicyDefinition } from './policy-sql.ts';
import type { PolicyStore } from './policy-store.port.ts';

interface PolicyPlan {
  readonly statements: string[];
  readonly diff: string[];
  readonly findings: PolicyFinding[];
}

export interface ChangeRequest {
  readonly action: PolicyChange['action'];
  /** The policy that is replaced or deleted; null when there shall be none yet. */
  readonly current: { readonly table: Policy['table']; readonly name: string; readonly revision?: string | undefined } | null;
  readonly draft: PolicyDraft | PolicyDefinition | null;
  readonly by: string;
  readonly takesBack?: string;
}

export interface PlanRequest {
  readonly action: 'create' | 'update' | 'delete';
  readonly table: Policy['table'];
  readonly name?: string | undefined;
  readonly draft?: PolicyDraft | undefined;
  readonly by: string;
}

/**
 * Changes a policy and says how it is now.
 * @throws SJ_NOT_FOUND, SJ_CONFLICT when it is not the revision that was expected, and what the store throws
 */
export async function changePolicy(store: PolicyStore, request: ChangeRequest) {
  const { plan, before, after } = await prepare(store, request);
  const { action, by, takesBack } = request;
  const { policy, changeId } = await store.change(
    { action, before, after, by, ...(takesBack !== undefined && { takesBack }) },
    { dryRun: false },
  );
  return { ...plan, policy, changeId, before };
}

/** What {@link changePolicy} would do; the database has tried it. */
export async function planChange(store: PolicyStore, { action, table, name, draft, by }: PlanRequest): Promise<PolicyPlan> {
  requireParts(action, name, draft);
  const current = action === 'create' || name === undefined ? null : { table, name };
  const { plan, before, after } = await prepare(store, { action, current, draft: action === 'delete' ? null : (draft ?? null), by });
  await store.change({ action, before, after, by }, { dryRun: true });
  return plan;
}

function requireParts(action: PlanRequest['action'], name: string | undefined, draft: PolicyDraft | undefined): void {
  const errors = [
    ...(action !== 'create' && name === undefined ? [{ path: 'name', message: `is needed to ${action} a policy` }] : []),
    ...(action !== 'delete' && draft === undefined ? [{ path: 'draft', message: `is needed to ${action} a policy` }] : []),
  ];
  if (errors.length === 0) return;
  const message = errors.map((error) => `${error.path}: ${error.message}`).join('; ');
  throw new SupastorError('SJ_INPUT_INVALID', message, { hint: 'See /docs for the shape of the input.', meta: { errors } });
}

async function prepare(store: PolicyStore, { current, draft }: ChangeRequest) {
  const [all, buckets] = await Promise.all([store.list(), store.listBuckets()]);
  const before = current === null ? null : findCurrent(all, current);
  const after = draft === null ? null : toDefinition(draft);
  const others = all.filter((policy) => policy !== before);
  if (after && others.some(({ table, name }) => table === after.table && name === after.name)) {
    throw new SupastorError('SJ_CONFLICT', `storage.${after.table} has a policy "${after.name}" already.`, {
      hint: 'Choose another name, or change that policy.',
    });
  }
  const plan: PolicyPlan = {
    statements: [...changeStatements(before, after)],
    diff: diffDefinitions(before, after),
    findings: after === null ? [] : lintPolicy(after, { others, buckets }),
  };
  return { plan, before, after };
}

function findCurrent(all: readonly Policy[], { table, name, revision }: NonNullable<ChangeRequest['current']>): Policy {
  const found = all.find((policy) => policy.table === table && policy.name === name);
  if (!found)
    throw new SupastorError('SJ_NOT_FOUND', `The table ${table} has no policy "${name}".`, {
      hint: 'List the policies to see their names.',
    });
  if (revision !== undefined && revision !== found.revision) {
    throw new SupastorError('SJ_CONFLICT', `Policy "${name}" was changed meanwhile.`, {
      hint: 'Look at it again, then repeat the change with its new revision.',
      meta: { revision: found.revision },
    });
  }
  return found;
}

function toDefinition({ table, name, command, permissive, roles, using, check }: PolicyDraft | PolicyDefinition): PolicyDefinition {
  return { table, name, command, permissive, roles: [...new Set(roles)], using, check };
}
