import { SupastorError } from '@supastor/contract/errors';
import { describe, expect, test } from 'vitest';
import { fileError } from './file-error.ts';

const systemError = (code: string) => Object.assign(new Error(code), { code });

describe('fileError', () => {
  test.each([
    ['ENOSPC', 'write', 'SJ_NO_SPACE'],
    ['EDQUOT', 'write', 'SJ_NO_SPACE'],
    ['EROFS', 'write', 'SJ_DIRECTORY_NOT_WRITABLE'],
    ['EACCES', 'write', 'SJ_DIRECTORY_NOT_WRITABLE'],
    ['EACCES', 'read', 'SJ_FORBIDDEN'],
    ['ENOENT', 'write', 'SJ_NOT_FOUND'],
    ['ENOTDIR', 'write', 'SJ_NOT_FOUND'],
    ['EISDIR', 'read', 'SJ_CONFLICT'],
  ] as const)('%s while it is to %s becomes %s with a hint', (code, doing, expected) => {
    expect(fileError(systemError(code), '/x/y', doing)).toMatchObject({ code: expected, hint: expect.any(String) });
  });

  test('leaves everything else alone', () => {
    const own = new SupastorError('SJ_CONFLICT', 'x');
    const bug = new TypeError('x');
    expect(fileError(own, '/x', 'write')).toBe(own);
    expect(fileError(bug, '/x', 'write')).toBe(bug);
  });
});
