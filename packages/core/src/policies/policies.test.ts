import { policyDraftSchema, type PolicyDraft } from '@supastor/contract/operations/policies';
import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';
import { lintPolicy } from './lint-policy.ts';
import { listPatterns, renderPattern } from './patterns.ts';
import { bucketsNamed, describePolicy, diffDefinitions } from './policy-definition.ts';
import { changeStatements, createStatement } from './policy-sql.ts';
import type { ProbedPolicy, ProbeFacts } from './policy-store.port.ts';
import { readClaims } from './token-claims.ts';

const draft = (changes: Partial<PolicyDraft>): PolicyDraft => ({
  table: 'objects',
  name: 'p',
  command: 'SELECT',
  permissive: true,
  roles: ['authenticated'],
  using: `bucket_id = 'box'`,
  check: null,
  ...changes,
});

const revision = (changes: Partial<PolicyDraft>) => describePolicy(draft(changes)).revision;

const rules = (changes: Partial<PolicyDraft>, others: readonly PolicyDraft[] = [], buckets: readonly string[] = ['box']) =>
  lintPolicy(draft(changes), { others: others.map(describePolicy), buckets }).map(({ rule }) => rule);

const policy = (name: string, verdict: ProbedPolicy['verdict'], changes: Partial<ProbedPolicy> = {}): ProbedPolicy => ({
  name,
  permissive: true,
  part: 'using',
  verdict,
  error: null,
  ...changes,
});

const facts = (policies: readonly ProbedPolicy[], changes: Partial<ProbeFacts> = {}): ProbeFacts => ({
  bypassesByRole: false,
  tableIsOpen: false,
  bucketIsPublic: false,
  objectExists: true,
  commands: [{ command: 'SELECT', granted: true, policies }],
  outcome: { rows: 0, error: null },
  ...changes,
});

const verdict = (given: ProbeFacts) => judge({ role: 'authenticated', verb: 'read', bucket: 'box' }, given);

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('statements', () => {
  it('quote names and keep a comment from swallowing the bracket', () => {
    expect(createStatement(draft({ name: 'a "b"', roles: ['public', 'Team'], using: 'true -- all' }))).toBe(
      'create policy "a ""b""" on storage.objects\n  as permissive for select\n  to public, "Team"\n  using (\ntrue -- all\n  )',
    );
  });

  it('replace by dropping and creating', () => {
    const before = draft({});
    expect(changeStatements(before, null)).toEqual(['drop policy "p" on storage.objects']);
    expect(changeStatements(before, draft({ using: 'false' })).length).toBe(2);
    expect(changeStatements(null, null)).toEqual([]);
  });

  it('show a change line by line', () => {
    const lines = diffDefinitions(draft({}), draft({ roles: ['anon'] }));
    expect(lines.filter((line) => !line.startsWith(' '))).toEqual(['-  to "authenticated"', '+  to "anon"']);
    expect(diffDefinitions(null, draft({})).every((line) => line.startsWith('+'))).toBe(true);
  });
});

describe('definitions', () => {
  it.each([
    [`bucket_id = 'a'`, ['a']],
    [`((bucket_id = 'a''b'::text) AND true)`, [`a'b`]],
    [`bucket_id = ANY (ARRAY['x'::text, 'y'::text])`, ['x', 'y']],
    [`bucket_id in ('y', 'x')`, ['x', 'y']],
    ['true', []],
  ])('%s names %j', (using, buckets) => {
    expect(bucketsNamed({ using, check: null })).toEqual(buckets);
  });

  it('have a revision that follows the definition and not the order of roles', () => {
    expect(revision({ roles: ['a', 'b'] })).toBe(revision({ roles: ['b', 'a'] }));
    expect(revision({ using: 'true' })).not.toBe(revision({}));
  });

  it.each([
    [{ command: 'INSERT', using: 'true', check: 'true' }, ['using']],
    [{ command: 'INSERT' }, ['check']],
    [{ command: 'SELECT', using: 'true', check: 'true' }, ['check']],
    [{ command: 'DELETE' }, ['using']],
    [{ command: 'SELECT', using: 'true', name: 'a\nb' }, ['name']],
    [{ command: 'SELECT', using: ' ' }, ['using']],
  ])('that make no sense are refused: %j', (fields, paths) => {
    const { error } = policyDraftSchema.safeParse({ name: 'p', ...fields });
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(paths);
  });
});

describe('patterns', () => {
  it('are twelve, and each renders valid policies that pass the linter without an error', () => {
    expect(listPatterns()).toHaveLength(12);
    for (const { id, parameters } of listPatterns()) {
      const given = Object.fromEntries(parameters.map(({ name, example, isList }) => [name, isList ? [example, 'png'] : example]));
      const drafts = renderPattern(id, given);
      expect(drafts.length).toBeGreaterThan(0);
      for (const each of drafts) {
        expect(policyDraftSchema.safeParse(each).error).toBeUndefined();
        expect(lintPolicy(each, { others: [], buckets: ['photos'] }).filter(({ level }) => level === 'error')).toEqual([]);
        expect(bucketsNamed(each).length + Number(!each.permissive)).toBeGreaterThan(0);
      }
    }
  });

  it('quote what they are given', () => {
    expect(renderPattern('public-read', { bucket: `x' or 'a' = 'a` })[0]?.using).toBe(`bucket_id = 'x'' or ''a'' = ''a'`);
    const using = renderPattern('team-folder', { bucket: 'b', table: 'public.m"x', teamColumn: 't', userColumn: 'u' })[0]?.using;
    expect(using).toContain('"public"."m""x"');
  });

  it('name every parameter that is missing or unknown', () => {
    expect(() => renderPattern('public-folder', { bukket: 'x' })).toThrow(/bucket is missing.*folder is missing.*bukket is not known/);
    expect(() => renderPattern('nothing', {})).toThrow(/no policy pattern/);
  });
});

describe('lint', () => {
  it.each([
    [{ command: 'ALL', using: 'true', roles: ['public'] }, 'open-write'],
    [{ using: `owner_id = (select auth.uid())::text` }, 'every-bucket'],
    [{ command: 'INSERT', using: null, check: `bucket_id = 'box'`, roles: ['anon'] }, 'anonymous-write'],
    [{ roles: ['anon'], using: `bucket_id = 'box' and owner_id = (select auth.uid())::text` }, 'uid-of-nobody'],
    [{ using: `bucket_id = 'box' and auth.jwt() -> 'user_metadata' ->> 'admin' = 'true'` }, 'user-metadata'],
    [{ using: `bucket_id = 'box' and owner_id = auth.uid()::text` }, 'uid-per-row'],
    [{ using: `bucket_id = 'box' and owner = (select auth.uid())` }, 'deprecated-owner'],
    [{ using: `bucket_id = 'Box'` }, 'unknown-bucket'],
    [{ command: 'DELETE' }, 'write-without-read'],
    [{ permissive: false }, 'restrictive-alone'],
    [{ roles: ['service_role'] }, 'bypassed'],
    [{ using: `bucket_id = 'box' and name like 'a_b%'` }, 'underscore-wildcard'],
  ] satisfies readonly (readonly [Partial<PolicyDraft>, string])[])('%j is found: %s', (changes, rule) => {
    expect(rules(changes)).toContain(rule);
  });

  it('finds a twin under another name, and the SELECT policy that a DELETE needs', () => {
    expect(rules({}, [draft({ name: 'q', using: `( bucket_id = 'box' )` })])).toContain('duplicate');
    expect(rules({ command: 'DELETE' }, [draft({ name: 'q' })])).toEqual([]);
    expect(rules({ command: 'DELETE' }, [draft({ name: 'q', using: `bucket_id = 'other'` })])).toContain('write-without-read');
  });

  it('has nothing against a plain policy', () => {
    expect(rules({ using: `bucket_id = 'box' and owner_id = (select auth.uid())::text` })).toEqual([]);
  });
});

describe('judgement', () => {
  it('one permissive yes is enough', () => {
    const simulation = verdict(facts([policy('a', 'false'), policy('b', 'true')], { outcome: { rows: 1, error: null } }));
    expect(simulation).toMatchObject({ allowed: true, reason: 'SELECT is allowed by policy "b".' });
  });

  it('a restrictive no beats it', () => {
    const simulation = verdict(facts([policy('a', 'true'), policy('veto', 'null', { permissive: false })]));
    expect(simulation.steps[0]).toMatchObject({ allowed: false, decidedBy: ['veto'] });
  });

  it('names the lack of a policy, of the privilege, and a failing expression', () => {
    expect(verdict(facts([])).reason).toBe('No permissive policy for SELECT concerns role authenticated.');
    expect(verdict(facts([], { commands: [{ command: 'SELECT', granted: false, policies: [] }] })).reason).toMatch(/no SELECT privilege/);
    expect(verdict(facts([policy('a', 'error', { error: 'no such column' })])).reason).toMatch(/fails in policy "a": no such column/);
  });

  it('says when policies are not asked', () => {
    expect(verdict(facts([], { bypassesByRole: true })).bypass).toBe('role');
    expect(verdict(facts([], { tableIsOpen: true })).bypass).toBe('table');
    expect(verdict(facts([], { bucketIsPublic: true }))).toMatchObject({ bypass: 'public bucket', allowed: true });
  });
});

describe('claims of a pasted token', () => {
  it('are read with or without the scheme', () => {
    expect(readClaims(`Bearer h.${encode({ sub: 'x' })}.s`)).toEqual({ sub: 'x' });
  });

  it.each(['', 'nonsense', `h.${encode([1])}.s`, 'h.!!.s'])('%j is refused', (token) => {
    expect(() => readClaims(token)).toThrow(/token/);
  });
});
