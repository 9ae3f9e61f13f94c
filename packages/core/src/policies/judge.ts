import type { SimulatedStep, Simulation } from '@supastor/contract/operations/policies';
import type { ProbedCommand, ProbedPolicy, ProbeFacts, ProbeRequest } from './policy-store.port.ts';

/** Puts what was tried into words: whether it is allowed, and which policies made it so. */
export function judge({ role, verb, bucket }: Pick<ProbeRequest, 'role' | 'verb' | 'bucket'>, facts: ProbeFacts): Simulation {
  const { outcome } = facts;
  const allowed = outcome.error === null && outcome.rows > 0;
  const steps = facts.commands.map((command) => judgeCommand(role, command));
  if (facts.bypassesByRole)
    return { allowed, role, bypass: 'role', outcome, steps: [], reason: `Role ${role} bypasses row-level security.` };
  if (facts.tableIsOpen) {
    return {
      allowed,
      role,
      bypass: 'table',
      outcome,
      steps: [],
      reason: 'Row-level security is off for storage.objects: every role with the table privilege may.',
    };
  }
  if (verb === 'read' && facts.bucketIsPublic) {
    return {
      allowed: true,
      role,
      bypass: 'public bucket',
      outcome,
      steps,
      reason: `Bucket ${bucket} is public: anyone may download by address, whatever policies say.`,
    };
  }
  return { allowed, role, bypass: null, outcome, steps, reason: summarise(allowed, steps, outcome.error) };
}

function summarise(allowed: boolean, steps: readonly SimulatedStep[], error: string | null): string {
  const refused = steps.find((step) => !step.allowed);
  if (allowed) return steps.map(({ reason }) => reason).join(' ');
  return refused?.reason ?? error ?? 'Postgres found no row to act on.';
}

/** Permissive policies of which one must say yes, and restrictive ones that must all say yes; `using` and `check` each. */
function judgeCommand(role: string, { command, granted, policies }: ProbedCommand): SimulatedStep {
  const parts = [...new Set(policies.map(({ part }) => part))];
  const base = { command, granted, policies: [...policies] };
  if (!granted) return { ...base, allowed: false, decidedBy: [], reason: `Role ${role} has no ${command} privilege on storage.objects.` };
  if (policies.every(({ permissive }) => !permissive)) {
    return { ...base, allowed: false, decidedBy: [], reason: `No permissive policy for ${command} concerns role ${role}.` };
  }
  for (const part of parts) {
    const asked = policies.filter((policy) => policy.part === part);
    const vetoes = asked.filter(({ permissive, verdict }) => !permissive && verdict !== 'true');
    if (vetoes.length > 0)
      return { ...base, allowed: false, decidedBy: names(vetoes), reason: `${command} is refused by restrictive ${list(vetoes)}.` };
    const failed = asked.filter(({ verdict }) => verdict === 'error');
    if (failed.length > 0)
      return {
        ...base,
        allowed: false,
        decidedBy: names(failed),
        reason: `${command} fails in ${list(failed)}: ${failed[0]?.error ?? ''}`,
      };
    if (!asked.some(({ permissive, verdict }) => permissive && verdict === 'true')) {
      return {
        ...base,
        allowed: false,
        decidedBy: names(asked.filter(({ permissive }) => permissive)),
        reason: `${command}: none of ${list(asked.filter(({ permissive }) => permissive))} says yes about the ${part === 'using' ? 'existing' : 'new'} row.`,
      };
    }
  }
  const yes = policies.filter(({ permissive, verdict }) => permissive && verdict === 'true');
  return { ...base, allowed: true, decidedBy: names(yes), reason: `${command} is allowed by ${list(yes)}.` };
}

function names(policies: readonly ProbedPolicy[]): string[] {
  return [...new Set(policies.map(({ name }) => name))];
}

function list(policies: readonly ProbedPolicy[]): string {
  const unique = names(policies);
  return `${unique.length === 1 ? 'policy' : 'policies'} ${unique.map((name) => `"${name}"`).join(', ')}`;
}
