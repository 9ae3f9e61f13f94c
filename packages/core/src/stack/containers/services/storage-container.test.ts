import { expect, test } from 'vitest';
import { createTestConfig } from '../../testing/fixtures.ts';
import { storageContainer } from './storage-container.ts';

const proxiesOf = (storage: Record<string, unknown>) =>
  storageContainer(createTestConfig({ project: { name: 'demo', mode: 'prod', target: 'docker' }, storage }))?.environment[
    'SUPASTOR_TRUSTED_PROXIES'
  ];

test('the edge is believed where a request came from, and nobody else of its networks', () => {
  expect(proxiesOf({})).toBe('edge');
});

test('so are the proxies that the edge believes', () => {
  expect(proxiesOf({ trustedProxies: ['192.0.2.0/24', '2001:db8::1'] })).toBe('edge,192.0.2.0/24,2001:db8::1');
});
