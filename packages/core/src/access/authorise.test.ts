import type { Scope, ScopeTarget } from '@supastor/contract/access/scope';
import { describe, expect, it } from 'vitest';
import { authoriseByGrants } from './authorise.ts';
import { allPermissions, contains, covers, type Grant } from './grant.ts';
import type { Identity } from './identity.ts';

const grant = (permission: string, scope: Scope = {}): Grant => ({ role: 'some', permissions: new Set([permission]), scope });
const identity = (...grants: readonly Grant[]): Identity => ({
  userId: 'u',
  email: 'a@example.org',
  name: '',
  role: 'owner',
  sessionId: 's',
  expiresAtMs: 1,
  grants,
  permissions: allPermissions({ grants }),
});
const codeOf = (who: Identity, permission: string, targets: readonly ScopeTarget[] | null) => {
  try {
    authoriseByGrants(who, permission, targets);
    return 'allowed';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
};

describe('a scope', () => {
  it.each<[Scope, ScopeTarget, boolean]>([
    [{}, {}, true],
    [{}, { bucket: 'b', path: 'x' }, true],
    [{ bucket: 'b' }, {}, false],
    [{ bucket: 'b' }, { bucket: 'b' }, true],
    [{ bucket: 'b' }, { bucket: 'bb' }, false],
    [{ bucket: 'b' }, { bucket: 'B' }, false],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b' }, false],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b', anyPart: true }, true],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b', path: '' }, false],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b', path: 'a/' }, true],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b', path: 'a/x/y' }, true],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b', path: 'a' }, false],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b', path: 'ab/x' }, false],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b', path: 'a/../c' }, false],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b', path: 'a/..' }, false],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b', path: 'a//../c' }, false],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b', path: 'a/.hidden' }, true],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'c', path: 'a/x' }, false],
  ])('%j covers %j: %s', (scope, target, expected) => {
    expect(covers(scope, target)).toBe(expected);
  });

  it.each<[Scope, Scope, boolean]>([
    [{}, { bucket: 'b', prefix: 'a/' }, true],
    [{ bucket: 'b' }, {}, false],
    [{ bucket: 'b' }, { bucket: 'b', prefix: 'a/' }, true],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b' }, false],
    [{ bucket: 'b', prefix: 'a/' }, { bucket: 'b', prefix: 'a/b/' }, true],
    [{ environment: 'dev' }, {}, false],
    [{ environment: 'dev' }, { environment: 'dev', bucket: 'b' }, true],
    [{ environment: 'dev' }, { environment: 'prod' }, false],
  ])('%j contains %j: %s', (outer, inner, expected) => {
    expect(contains(outer, inner)).toBe(expected);
  });
});

describe('the authorisation check', () => {
  const reader = identity(grant('objects:read', { bucket: 'mine' }), grant('services:read'));

  it('wants every target in reach', () => {
    expect(codeOf(reader, 'objects:read', [{ bucket: 'mine', path: 'a' }])).toBe('allowed');
    expect(
      codeOf(reader, 'objects:read', [
        { bucket: 'mine', path: 'a' },
        { bucket: 'other', path: 'b' },
      ]),
    ).toBe('SJ_NOT_FOUND');
    expect(codeOf(reader, 'objects:read', null)).toBe('allowed');
    expect(codeOf(reader, 'services:read', [{}])).toBe('allowed');
  });

  it('does not mix the permission of one grant with the scope of another', () => {
    const mixed = identity(grant('objects:read', { bucket: 'a' }), grant('objects:delete', { bucket: 'b' }));
    expect(codeOf(mixed, 'objects:delete', [{ bucket: 'a', path: 'x' }])).toBe('SJ_NOT_FOUND');
  });

  it('says forbidden where nothing is given away by it', () => {
    expect(codeOf(reader, 'objects:delete', [{ bucket: 'mine', path: 'a' }])).toBe('SJ_FORBIDDEN');
    expect(codeOf(reader, 'objects:read', [{}])).toBe('SJ_FORBIDDEN');
    expect(codeOf(identity(), 'objects:read', null)).toBe('SJ_FORBIDDEN');
  });

  it('answers the same for every foreign bucket', () => {
    const answers = ['secret', 'nothing'].map((bucket) => {
      try {
        authoriseByGrants(reader, 'objects:read', [{ bucket }]);
        return null;
      } catch (error) {
        return JSON.stringify(error instanceof Error && 'toBody' in error && typeof error.toBody === 'function' ? error.toBody() : error);
      }
    });
    expect(answers[0]).toBe(answers[1]);
    expect(answers[0]).toContain('SJ_NOT_FOUND');
  });
});
