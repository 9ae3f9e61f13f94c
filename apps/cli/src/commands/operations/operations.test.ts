import { findOperation, OPERATIONS, type OperationName } from '@supastor/contract/operations/all';
import { SupastorError } from '@supastor/contract/errors';
import { describe, expect, it } from 'vitest';
import { createStyle } from '../../output/style.ts';
import { fieldsOf } from './fields.ts';
import { formatAnswer } from './format-answer.ts';
import { OPERATION_NOUNS, OWN_COMMANDS } from './nouns.ts';
import { readInput } from './read-input.ts';

const operation = (name: OperationName) => {
  const found = findOperation(name);
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
};
const read = (name: OperationName, typed: Readonly<Record<string, unknown>>, base = {}) =>
  readInput(operation(name), fieldsOf(operation(name)), new Map(Object.entries(typed)), base);
const messageOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof SupastorError) return error.message;
    throw error;
  }
  return 'nothing was refused';
};

describe('nouns', () => {
  it('make every noun of the registry a command, or leave it to one of its own', () => {
    const nouns = new Set(OPERATIONS.map(({ name }) => name.slice(0, name.indexOf('.'))));
    const covered = new Set<string>([...OPERATION_NOUNS.map(({ noun }) => noun), ...OWN_COMMANDS]);
    expect([...nouns].filter((noun) => !covered.has(noun))).toEqual([]);
    expect([...covered].filter((noun) => !nouns.has(noun))).toEqual([]);
  });

  it('have no field that one of the options of every command would hide', () => {
    const taken = new Set(['input', 'all', 'output', 'projectDir', 'env', 'set', 'color', 'yes', 'quiet', 'help', 'version']);
    const clashes = OPERATIONS.flatMap((one) => fieldsOf(one).flatMap(({ name }) => (taken.has(name) ? [`${one.name} ${name}`] : [])));
    expect(clashes).toEqual([]);
  });
});

describe('fields', () => {
  it('put the path first and know kinds, lists, defaults and secrets', () => {
    const fields = fieldsOf(operation('apiKeys.rotate'));
    expect(fields.map(({ flag, kind, isPositional, defaultValue }) => [flag, kind, isPositional, defaultValue])).toEqual([
      ['id', 'text', true, undefined],
      ['overlap-hours', 'number', false, 24],
    ]);
    expect(fieldsOf(operation('apiKeys.create'))).toEqual([
      expect.objectContaining({ name: 'name', kind: 'text', isRequired: true }),
      expect.objectContaining({ name: 'permissions', kind: 'text', isList: true }),
      expect.objectContaining({ name: 'scope', kind: 'object', isList: false }),
      expect.objectContaining({ name: 'expiresInDays', kind: 'number', isNullable: true, defaultValue: 90 }),
    ]);
    expect(fieldsOf(operation('account.changePassword')).every(({ isSecret }) => isSecret)).toBe(true);
  });
});

describe('input', () => {
  it('is made of what was typed', () => {
    const typed = { name: 'ci', permissions: ['objects:read'], scope: ['bucket=photos', 'prefix=a=b/'], expiresInDays: 'null' };
    expect(read('apiKeys.create', typed)).toEqual({
      name: 'ci',
      permissions: ['objects:read'],
      scope: { bucket: 'photos', prefix: 'a=b/' },
      expiresInDays: null,
    });
    expect(read('apiKeys.create', { ...typed, scope: ['{"bucket":"photos"}'], expiresInDays: '7' })).toMatchObject({
      scope: { bucket: 'photos' },
      expiresInDays: 7,
    });
    expect(read('buckets.update', { bucket: 'photos', public: 'false' })).toEqual({ bucket: 'photos', public: false });
    expect(read('buckets.update', { bucket: 'photos', public: true })).toEqual({ bucket: 'photos', public: true });
  });

  it('takes the rest from --input', () => {
    expect(read('buckets.create', { public: true }, { name: 'photos', public: false })).toEqual({ name: 'photos', public: true });
  });

  it.each([
    ['a missing field', () => read('users.invite', { email: 'a@example.com' }), '--role: '],
    ['a number that is none', () => read('objects.list', { bucket: 'photos', limit: 'many' }), '--limit: "many" is not a number'],
    ['a boolean that is none', () => read('buckets.create', { name: 'a', public: 'si' }), '--public: "si" is neither true nor false'],
    ['an object without keys', () => read('users.invite', { scope: ['photos'] }), '--scope: "photos" is not key=value'],
    ['JSON that is none', () => read('users.invite', { scope: ['{'] }), '--scope: the value is not JSON'],
    ['a positional argument that breaks a rule', () => read('buckets.get', { bucket: 'a/b' }), '<bucket>: '],
    ['a field nobody knows', () => read('buckets.get', { bucket: 'a' }, { colour: 'red' }), 'colour'],
  ])('refuses %s by its name on the command line', (_, work, message) => {
    expect(messageOf(work)).toContain(message);
  });
});

describe('answers as text', () => {
  const style = createStyle(false);

  it('are tables of lists, with nested things by what they are called', () => {
    const users = [
      { id: '1', email: 'a@example.com', grants: [{ id: 'g', role: 'owner' }], note: null },
      { id: '2', email: 'b@example.com', grants: [], note: null },
    ];
    expect(formatAnswer({ users, nextCursor: 'x' }, style)).toBe(
      ['ID  EMAIL          GRANTS', '1   a@example.com  owner', '2   b@example.com  -'].join('\n'),
    );
  });

  it('are lines of one thing, and say when there is nothing', () => {
    expect(formatAnswer({ createdAt: 'now', is_public: true, pem: 'a\nb\n', removed: null }, style)).toBe(
      ['Created at  now', 'Is public   yes', 'Pem         a', '            b', 'Removed     -'].join('\n'),
    );
    expect(formatAnswer({ jobs: [], nextCursor: null }, style)).toBe('No jobs.');
    expect(formatAnswer({}, style)).toBe('Done.');
  });

  it('cannot move the cursor of the terminal', () => {
    expect(formatAnswer({ name: 'a\u001b[2Jb' }, style)).toBe('Name  a [2Jb');
  });
});
