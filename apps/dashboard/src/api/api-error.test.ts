import { describe, expect, test } from 'vitest';
import { errorFromProblem, hintOf, messageOf } from './api-error.ts';

describe('errorFromProblem', () => {
  test('takes detail, code and hint from a problem', () => {
    const error = errorFromProblem(409, {
      title: 'Conflict',
      detail: 'The bucket exists.',
      code: 'SJ_CONFLICT',
      hint: 'Choose another name.',
    });
    expect([error.status, error.code, messageOf(error), hintOf(error)]).toEqual([
      409,
      'SJ_CONFLICT',
      'The bucket exists.',
      'Choose another name.',
    ]);
  });

  test('makes a hint of field errors', () => {
    const error = errorFromProblem(400, { detail: 'Invalid input', errors: [{ path: 'name', message: 'too long' }, { message: 'odd' }] });
    expect(hintOf(error)).toBe('name: too long; odd');
  });

  test.each([undefined, null, 'text', [], { detail: 7 }])('survives a body that is no problem: %j', (body) => {
    const error = errorFromProblem(502, body);
    expect([error.code, messageOf(error), hintOf(error)]).toEqual(['HTTP_502', 'The server answered 502.', undefined]);
  });
});
