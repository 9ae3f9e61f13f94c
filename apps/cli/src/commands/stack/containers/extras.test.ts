import { createTestConfig } from '@supastor/core/stack/testing/fixtures';
import { expect, test } from 'vitest';
import { effectiveExtras, NO_EXTRAS, parseExtras } from './extras.ts';

const plain = createTestConfig();
const configured = createTestConfig({ containers: { with: ['monitoring'] } });
const remembered = { extras: ['monitoring' as const] };

test('what was asked for stays until it is asked to go', () => {
  expect(effectiveExtras(plain, NO_EXTRAS, null)).toMatchObject({ config: { containers: { with: [] } }, extras: [] });
  const asked = effectiveExtras(plain, parseExtras({ with: ['monitoring'] }), null);
  expect(asked).toMatchObject({ config: { containers: { with: ['monitoring'] } }, extras: ['monitoring'] });
  expect(effectiveExtras(plain, NO_EXTRAS, remembered)).toMatchObject({ extras: ['monitoring'] });
  expect(effectiveExtras(plain, parseExtras({ without: ['monitoring'] }), remembered)).toMatchObject({
    config: { containers: { with: [] } },
    extras: [],
  });
});

test('what the configuration says is not remembered besides, and only goes with it', () => {
  expect(effectiveExtras(configured, NO_EXTRAS, remembered)).toMatchObject({
    config: { containers: { with: ['monitoring'] } },
    extras: [],
  });
  expect(() => effectiveExtras(configured, parseExtras({ without: ['monitoring'] }), null)).toThrow('the configuration asks for it');
});

test.each([
  [{ with: ['tea'] }, 'There is no "tea"'],
  [{ with: ['monitoring'], without: ['monitoring'] }, 'exclude each other'],
])('refuses %j', (flags, message) => {
  expect(() => parseExtras(flags)).toThrow(message);
});
