import { SupastorError } from '@supastor/contract/errors';
import {
  policiesCreate,
  policiesDelete,
  policiesHistory,
  policiesList,
  policiesPatterns,
  policiesPlan,
  policiesRender,
  policiesRollback,
  policiesSimulate,
  policiesUpdate,
  policiesWhoCan,
} from '@supastor/contract/operations/policies';
import { requireIdentity } from '../access/identity.ts';
import type { OperationContext } from '../operations/context.ts';
import { implement } from '../operations/implement.ts';
import { requireDatabase } from '../operations/require-database.ts';
import { changePolicy, planChange } from './change-policy.ts';
import { lintPolicy } from './lint-policy.ts';
import { listPatterns, renderPattern } from './patterns.ts';
import type { LinkAdmin } from '../links/link-admin.port.ts';
import type { S3KeyAdmin } from '../s3-keys/s3-key-admin.port.ts';
import { liveLinks, whereKept } from './live-links.ts';
import type { PolicyStore } from './policy-store.port.ts';
import { simulate } from './simulate.ts';
import { keysThatCan } from './keys-that-can.ts';
import { whoCan } from './who-can.ts';

/** Null: the server has no database. */
type Context = OperationContext<{ readonly policies: PolicyStore | null }>;
type ReachContext = OperationContext<{ readonly policies: PolicyStore | null; readonly s3Keys: S3KeyAdmin; readonly links: LinkAdmin }>;

export const policyHandlers = {
  'policies.list': implement(policiesList, async ({ table, bucket }, { deps }: Context) => {
    const store = requireStore(deps.policies);
    const [all, buckets] = await Promise.all([store.list(), store.listBuckets()]);
    const wanted = all.filter(
      (policy) => (table === undefined || policy.table === table) && (bucket === undefined || concerns(policy.buckets, bucket)),
    );
    return {
      policies: wanted.map((policy) => ({
        ...policy,
        findings: lintPolicy(policy, { others: all.filter((other) => other !== policy), buckets }),
      })),
    };
  }),

  'policies.patterns': implement(policiesPatterns, () => ({ patterns: listPatterns() })),

  'policies.render': implement(policiesRender, ({ pattern, parameters }) => ({
    drafts: renderPattern(pattern, parameters),
  })),

  'policies.plan': implement(policiesPlan, async (input, { deps, identity }: Context) =>
    planChange(requireStore(deps.policies), { ...input, by: requireIdentity(identity).email }),
  ),

  'policies.create': implement(policiesCreate, async (draft, { deps, identity, emit, recordChange }: Context) => {
    const by = requireIdentity(identity).email;
    const done = await changePolicy(requireStore(deps.policies), { action: 'create', current: null, draft, by });
    recordChange({ after: done.policy });
    emit('policy.created', { table: draft.table, name: draft.name });
    return done;
  }),

  'policies.update': implement(
    policiesUpdate,
    async ({ table, name, draft, revision }, { deps, identity, emit, recordChange }: Context) => {
      const by = requireIdentity(identity).email;
      const done = await changePolicy(requireStore(deps.policies), { action: 'update', current: { table, name, revision }, draft, by });
      recordChange({ before: done.before, after: done.policy });
      emit('policy.updated', { table: draft.table, name: draft.name });
      return done;
    },
  ),

  'policies.delete': implement(policiesDelete, async ({ table, name, revision }, { deps, identity, emit, recordChange }: Context) => {
    const by = requireIdentity(identity).email;
    const done = await changePolicy(requireStore(deps.policies), { action: 'delete', current: { table, name, revision }, draft: null, by });
    recordChange({ before: done.before });
    emit('policy.deleted', { table, name });
    return done;
  }),

  'policies.history': implement(policiesHistory, async ({ limit, before }, { deps }: Context) => {
    const changes = await requireStore(deps.policies).history({ limit: limit + 1, before });
    const page = changes.slice(0, limit);
    return { changes: page, next: changes.length > limit ? (page.at(-1)?.id ?? null) : null };
  }),

  'policies.rollback': implement(policiesRollback, async ({ id }, { deps, identity, emit, recordChange }: Context) => {
    const store = requireStore(deps.policies);
    const change = await store.findChange(id);
    if (!change) throw new SupastorError('SJ_NOT_FOUND', `There is no change ${id} of a policy.`, { hint: 'See the history of policies.' });
    if (change.rolledBackBy !== null)
      throw new SupastorError('SJ_CONFLICT', `Change ${id} was taken back by change ${change.rolledBackBy} already.`);
    const { after: current, before: wanted } = change;
    const by = requireIdentity(identity).email;
    const done = await changePolicy(store, { action: 'rollback', current, draft: wanted, by, takesBack: id });
    recordChange({ before: current, after: done.policy });
    const subject = wanted ?? current;
    if (subject) emit(wanted === null ? 'policy.deleted' : 'policy.updated', { table: subject.table, name: subject.name });
    return done;
  }),

  'policies.simulate': implement(policiesSimulate, (input, { deps }: Context) => simulate(requireStore(deps.policies), input)),

  'policies.whoCan': implement(policiesWhoCan, async (input, { deps, signal }: ReachContext) => {
    const store = requireStore(deps.policies);
    const [answer, keys, links] = await Promise.all([
      whoCan(store, input),
      whereKept(deps.s3Keys.list(signal)),
      whereKept(liveLinks(deps.links, input, signal)),
    ]);
    return { ...answer, s3Keys: await keysThatCan(store, keys, input), links: [...links] };
  }),
};

function requireStore(store: PolicyStore | null): PolicyStore {
  return requireDatabase(store, 'knows no policies');
}

function concerns(named: readonly string[], bucket: string): boolean {
  return named.length === 0 || named.includes(bucket);
}
