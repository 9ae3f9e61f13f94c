import { expect, it } from 'vitest';
import { z } from 'zod';
import { isSensitive, redact, sensitive } from './sensitive.ts';

it('a described or narrowed copy of a secret is a secret', () => {
  const secret = sensitive(z.string());
  const copies = { described: secret.describe('a secret'), narrowed: secret.min(2), optional: secret.describe('a secret').optional() };
  expect(Object.values(copies).map((copy) => isSensitive(copy))).toEqual([true, true, true]);
  expect(redact(z.object(copies), { described: 'aaa', narrowed: 'bbb', optional: 'ccc' })).toEqual({
    described: '***',
    narrowed: '***',
    optional: '***',
  });
});
