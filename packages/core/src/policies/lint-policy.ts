import type { Policy, PolicyDraft, PolicyFinding } from '@supastor/contract/operations/policies';
import { bucketsNamed } from './policy-definition.ts';
import type { PolicyDefinition } from './policy-sql.ts';

/** What a policy is judged beside. */
export interface LintContext {
  /** The other policies of both tables. */
  readonly others: readonly Policy[];
  /** Ids of the buckets there are; null when they are not known. */
  readonly buckets: readonly string[] | null;
}

type Judged = PolicyDefinition | PolicyDraft;
type Rule = (policy: Judged, context: LintContext) => PolicyFinding | null;

const WRITES = new Set(['ALL', 'INSERT', 'UPDATE', 'DELETE']);

const finding = (rule: string, level: PolicyFinding['level'], message: string, advice: string): PolicyFinding => ({
  rule,
  level,
  message,
  advice,
});
const isWrite = ({ command }: Judged) => WRITES.has(command);
const reachesAnon = ({ roles }: Judged) => roles.includes('public') || roles.includes('anon');
const texts = ({ using, check }: Judged) => [using, check].filter((text) => text !== null);
const isAlwaysTrue = (text: string) => /^\(*\s*(?:true|1\s*=\s*1)\s*\)*$/i.test(text.trim());
const mentions = (policy: Judged, pattern: RegExp) => texts(policy).some((text) => pattern.test(text));
const covers = (policy: Judged, command: string) => policy.command === command || policy.command === 'ALL';
const overlaps = (a: Judged, b: Judged) =>
  a.roles.includes('public') || b.roles.includes('public') || a.roles.some((role) => b.roles.includes(role));
const sharesBucket = (a: Judged, b: Judged) => {
  const [left, right] = [bucketsNamed(a), bucketsNamed(b)];
  return left.length === 0 || right.length === 0 || left.some((id) => right.includes(id));
};

const RULES: readonly Rule[] = [
  function openWrite(policy) {
    if (!policy.permissive || !isWrite(policy) || !texts(policy).some(isAlwaysTrue)) return null;
    const who = reachesAnon(policy) ? 'anyone' : `every token of ${policy.roles.join(', ')}`;
    const level = reachesAnon(policy) ? 'error' : 'warning';
    return finding(
      'open-write',
      level,
      `Lets ${who} write in every bucket.`,
      "Name the bucket: bucket_id = '...' and a condition on the user.",
    );
  },
  function everyBucket(policy) {
    if (policy.table !== 'objects' || !policy.permissive || mentions(policy, /\bbucket_id\b/)) return null;
    return finding(
      'every-bucket',
      'warning',
      'Speaks of no bucket, so it opens all of them, later ones too.',
      "Add bucket_id = '...' to the expression.",
    );
  },
  function anonymousWrite(policy) {
    if (!policy.permissive || !isWrite(policy) || !reachesAnon(policy) || texts(policy).some(isAlwaysTrue)) return null;
    if (mentions(policy, /auth\.(?:uid|jwt|email)\s*\(|owner/)) return null;
    return finding(
      'anonymous-write',
      'warning',
      'Whoever has the anon key, which is public, may write.',
      'Use role authenticated, unless strangers shall upload.',
    );
  },
  function uidOfNobody(policy) {
    if (!policy.roles.includes('anon') || policy.roles.length > 1 || !mentions(policy, /auth\.uid\s*\(/)) return null;
    return finding('uid-of-nobody', 'warning', 'auth.uid() is null for role anon, so the policy never applies.', 'Use role authenticated.');
  },
  function userMetadata(policy) {
    if (!mentions(policy, /user_metadata(?!\s*\()/) || !mentions(policy, /auth\.jwt|request\.jwt/)) return null;
    return finding(
      'user-metadata',
      'error',
      'user_metadata of a token can be changed by its user.',
      'Use app_metadata, which only the auth server writes.',
    );
  },
  function uidPerRow(policy) {
    if (!mentions(policy, /(?<!select\s)auth\.(?:uid|jwt|role)\s*\(\s*\)/i)) return null;
    return finding(
      'uid-per-row',
      'hint',
      'auth functions are called once for every row.',
      'Write (select auth.uid()) so that Postgres calls it once.',
    );
  },
  function deprecatedOwner(policy) {
    if (!mentions(policy, /(?<![\w.])owner(?![\w(])/)) return null;
    return finding(
      'deprecated-owner',
      'hint',
      'Column owner is kept for old policies and only holds UUIDs.',
      'Compare owner_id with auth.uid()::text.',
    );
  },
  function unknownBucket(policy, { buckets }) {
    const missing = buckets === null ? [] : bucketsNamed(policy).filter((id) => !buckets.includes(id));
    if (missing.length === 0) return null;
    return finding(
      'unknown-bucket',
      'warning',
      `There is no bucket ${missing.map((id) => `"${id}"`).join(', ')}.`,
      'bucket_id holds the id of a bucket; mind upper and lower case.',
    );
  },
  function writeWithoutRead(policy, { others }) {
    if (policy.table !== 'objects' || !policy.permissive || !['UPDATE', 'DELETE'].includes(policy.command)) return null;
    const reads = others.some(
      (other) =>
        other.table === 'objects' && other.permissive && covers(other, 'SELECT') && overlaps(policy, other) && sharesBucket(policy, other),
    );
    if (reads) return null;
    return finding(
      'write-without-read',
      'warning',
      `${policy.command} finds only rows that a SELECT policy shows, and there is none for these roles.`,
      'Add a SELECT policy with the same condition.',
    );
  },
  function restrictiveAlone(policy, { others }) {
    if (policy.permissive) return null;
    const opened = others.some(
      (other) => other.table === policy.table && other.permissive && (covers(other, policy.command) || policy.command === 'ALL'),
    );
    if (opened) return null;
    return finding(
      'restrictive-alone',
      'warning',
      'A restrictive policy only takes away, and no permissive one gives anything.',
      'Make it permissive, or add one that allows.',
    );
  },
  function bypassed(policy) {
    if (!policy.roles.includes('service_role')) return null;
    return finding('bypassed', 'hint', 'service_role bypasses row-level security; no policy concerns it.', 'Leave service_role out.');
  },
  function duplicate(policy, { others }) {
    const twin = others.find((other) => other.name !== policy.name && isTwin(other, policy));
    if (!twin) return null;
    return finding('duplicate', 'hint', `Says the same as "${twin.name}".`, 'Delete one of them.');
  },
  function patternName(policy) {
    if (!mentions(policy, /\bname\s+(?:i?like)\s+'[^'%]*_[^']*'/i)) return null;
    return finding(
      'underscore-wildcard',
      'hint',
      'In LIKE an underscore stands for any character.',
      "Escape it as \\_, or use starts_with(name, '...').",
    );
  },
];

const squeeze = (text: string | null) => text?.replaceAll(/[\s()]/g, '') ?? null;

function isTwin(a: Judged, b: Judged): boolean {
  return (
    a.table === b.table &&
    a.command === b.command &&
    a.permissive === b.permissive &&
    a.roles.toSorted().join() === b.roles.toSorted().join() &&
    squeeze(a.using) === squeeze(b.using) &&
    squeeze(a.check) === squeeze(b.check)
  );
}

/** What is dangerous, useless or slow about a policy; worst first. */
export function lintPolicy(policy: Judged, context: LintContext): PolicyFinding[] {
  const order = ['error', 'warning', 'hint'];
  const found = RULES.flatMap((rule) => rule(policy, context) ?? []);
  return found.toSorted((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}
