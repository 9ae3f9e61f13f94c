import { hash } from 'node:crypto';
import type { Policy, PolicyDraft } from '@supastor/contract/operations/policies';
import { createStatement, type PolicyDefinition } from './policy-sql.ts';

const BUCKET_EQUALS = /\bbucket_id\s*=\s*'((?:[^']|'')+)'/g;
const BUCKET_AMONG = /\bbucket_id\s*(?:=\s*any\s*\(|in\s*\()([^)]*)\)/gi;
const LITERAL = /'((?:[^']|'')+)'/g;

/** Adds what is derived from a definition: the buckets it names, and its revision. */
export function describePolicy(definition: PolicyDefinition): Policy {
  return { ...definition, buckets: bucketsNamed(definition), revision: revisionOf(definition) };
}

/** Ids of buckets that the expressions compare `bucket_id` with; empty when they speak of all. */
export function bucketsNamed({ using, check }: Pick<PolicyDefinition, 'using' | 'check'>): string[] {
  const found = new Set<string>();
  for (const text of [using ?? '', check ?? '']) {
    for (const [, id] of text.matchAll(BUCKET_EQUALS)) found.add(unquote(id));
    for (const [, list] of text.matchAll(BUCKET_AMONG)) for (const [, id] of (list ?? '').matchAll(LITERAL)) found.add(unquote(id));
  }
  return [...found].toSorted();
}

function unquote(text: string | undefined): string {
  return (text ?? '').replaceAll("''", "'");
}

/** Equal for equal definitions. */
export function revisionOf(definition: PolicyDefinition | PolicyDraft): string {
  const roles = definition.roles.toSorted();
  return hash('sha256', createStatement({ ...definition, roles })).slice(0, 16);
}

/** Lines of two definitions: ` ` in both, `-` only before, `+` only after. */
export function diffDefinitions(before: PolicyDefinition | null, after: PolicyDefinition | PolicyDraft | null): string[] {
  const left = before === null ? [] : createStatement(before).split('\n');
  const right = after === null ? [] : createStatement(after).split('\n');
  return diffLines(left, right);
}

/** By the longest common subsequence; definitions are short. */
function diffLines(left: readonly string[], right: readonly string[]): string[] {
  const common = commonLengths(left, right);
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const isSame = i < left.length && j < right.length && left[i] === right[j];
    const dropLeft = j >= right.length || (i < left.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0));
    if (isSame) lines.push(` ${left[i]}`);
    else if (dropLeft) lines.push(`-${left[i]}`);
    else lines.push(`+${right[j]}`);
    if (isSame || dropLeft) i += 1;
    if (isSame || !dropLeft) j += 1;
  }
  return lines;
}

function commonLengths(left: readonly string[], right: readonly string[]): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () => Array.from<number>({ length: right.length + 1 }).fill(0));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row) row[j] = left[i] === right[j] ? 1 + (lengths[i + 1]?.[j + 1] ?? 0) : Math.max(lengths[i + 1]?.[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}
