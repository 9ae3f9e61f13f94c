import { createTestConfig } from '@supastor/core/stack/testing/fixtures';
import { expect, test } from 'vitest';
import { effectiveScale, parseScale } from './scale.ts';

test('a scale names a service that can have replicas, and how many', () => {
  expect(parseScale(['storage=3', 'meta=2'])).toEqual({ storage: 3, meta: 2 });
});

test.each([
  ['postgres=2', /postgres cannot be scaled/],
  ['storage=0', /from 1 to/],
  ['storage=many', /from 1 to/],
  ['storage', /from 1 to/],
])('%s is refused', (text, message) => {
  expect(() => parseScale([text])).toThrow(message);
});

test('what was asked for stays until the configuration changes its mind', () => {
  const config = createTestConfig({ storage: { replicas: 2 } });
  const { scale, scaled } = effectiveScale(config, { storage: 5 }, null);
  expect(scale).toEqual({ storage: 5 });
  const last = { scaled: [...scaled] };
  expect(effectiveScale(config, {}, last).scale).toEqual({ storage: 5 });
  expect(effectiveScale(createTestConfig({ storage: { replicas: 3 } }), {}, last).scale).toEqual({});
});
