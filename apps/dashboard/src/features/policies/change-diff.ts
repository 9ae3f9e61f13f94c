import type { Policy, PolicyChange } from '@supastor/contract/operations/policies';
import { diffLines } from '../../ui/diff-lines.ts';

const MARKS = { same: ' ', removed: '-', added: '+' } as const;

/** Lines of a policy before and after a change, marked as those of a plan are. */
export function diffOf({ before, after }: Pick<PolicyChange, 'before' | 'after'>): readonly string[] {
  if (before === null || after === null) {
    const mark = after === null ? MARKS.removed : MARKS.added;
    return linesOf(after ?? before).map((line) => `${mark} ${line}`);
  }
  const lines = diffLines(linesOf(before).join('\n'), linesOf(after).join('\n')) ?? [];
  return lines.map(({ kind, text }) => `${MARKS[kind]} ${text}`);
}

/** A definition as Postgres writes it, a clause in a line. */
function linesOf(policy: Policy | null): readonly string[] {
  if (policy === null) return [];
  const { table, name, command, permissive, roles, using, check } = policy;
  return [
    `policy "${name}" on storage.${table}`,
    `  as ${permissive ? 'permissive' : 'restrictive'}`,
    `  for ${command.toLowerCase()}`,
    `  to ${roles.join(', ')}`,
    ...(using === null ? [] : [`  using (${using})`.replaceAll('\n', '\n  ')]),
    ...(check === null ? [] : [`  with check (${check})`.replaceAll('\n', '\n  ')]),
  ].flatMap((clause) => clause.split('\n'));
}
