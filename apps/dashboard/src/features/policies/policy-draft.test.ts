import { describe, expect, test } from 'vitest';
import { EMPTY_FIELDS, toDraft, toFields } from './policy-draft.ts';

describe('toDraft', () => {
  test('keeps only what the command takes', () => {
    const fields = { ...EMPTY_FIELDS, name: ' p ', using: 'a', check: 'b' };
    expect(toDraft(fields)).toMatchObject({ draft: { name: 'p', using: 'a', check: null, roles: ['authenticated'] } });
    expect(toDraft({ ...fields, command: 'INSERT' })).toMatchObject({ draft: { using: null, check: 'b' } });
    expect(toDraft({ ...fields, command: 'UPDATE', check: '' })).toMatchObject({ draft: { using: 'a', check: null } });
  });

  test.each([
    [{}, 'name'],
    [{ name: 'p', roles: ' , ' }, 'roles'],
    [{ name: 'p' }, 'using'],
    [{ name: 'p', command: 'INSERT' }, 'check'],
  ] as const)('%j misses %s', (changes, missing) => {
    expect(toDraft({ ...EMPTY_FIELDS, ...changes })).toEqual({ missing });
  });

  test('is the way back from fields', () => {
    const draft = {
      table: 'objects',
      name: 'p',
      command: 'ALL',
      permissive: false,
      roles: ['anon', 'x'],
      using: 'true',
      check: null,
    } as const;
    expect(toDraft(toFields({ ...draft, roles: [...draft.roles] }))).toEqual({ draft });
  });
});
