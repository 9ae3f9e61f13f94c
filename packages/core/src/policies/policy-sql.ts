import type { Policy, PolicyDraft } from '@supastor/contract/operations/policies';

/** A policy's definition, without what the database adds to it. */
export type PolicyDefinition = Omit<Policy, 'buckets' | 'revision'>;

/** SQL that makes the policy. Expressions stand on lines of their own, so that a comment at their end swallows nothing. */
export function createStatement({ table, name, command, permissive, roles, using, check }: PolicyDraft | PolicyDefinition): string {
  const lines = [
    `create policy ${quoteIdentifier(name)} on storage.${table}`,
    `  as ${permissive ? 'permissive' : 'restrictive'} for ${command.toLowerCase()}`,
    `  to ${roles.map(quoteRole).join(', ')}`,
  ];
  if (using !== null) lines.push(`  using (\n${using}\n  )`);
  if (check !== null) lines.push(`  with check (\n${check}\n  )`);
  return lines.join('\n');
}

export function dropStatement({ table, name }: Pick<PolicyDefinition, 'table' | 'name'>): string {
  return `drop policy ${quoteIdentifier(name)} on storage.${table}`;
}

/** Statements that lead from one definition to another; null is no policy. */
export function changeStatements(before: PolicyDefinition | null, after: PolicyDraft | PolicyDefinition | null): readonly string[] {
  return [...(before === null ? [] : [dropStatement(before)]), ...(after === null ? [] : [createStatement(after)])];
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteLiteral(text: string): string {
  return text.includes('\\') ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`;
}

/** `public` is no role but everybody. */
function quoteRole(name: string): string {
  return name === 'public' ? 'public' : quoteIdentifier(name);
}
