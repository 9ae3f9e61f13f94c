import { expect, test } from 'vitest';
import { createTestConfig } from '../../testing/fixtures.ts';
import { adminContainer } from './admin-container.ts';

const figuresOf = (target: string, more: Record<string, unknown> = {}) =>
  adminContainer(createTestConfig({ project: { name: 'demo', mode: 'prod', target }, ...more }), 'default').environment[
    'SUPASTOR_MONITORING_STORAGE_URLS'
  ];

test('every storage server is asked for its figures, past the edge', () => {
  expect(figuresOf('docker')).toBe('http://storage:5000');
  expect(figuresOf('swarm')).toBe('http://tasks.storage:5000');
});

test('those that the configuration names instead, and none where storage is elsewhere', () => {
  expect(figuresOf('docker', { monitoring: { storageUrls: ['http://a:1', 'http://b:1'] } })).toBe('http://a:1,http://b:1');
  expect(figuresOf('docker', { storage: { managed: false, endpoint: 'https://files.example.org' } })).toBeUndefined();
});
