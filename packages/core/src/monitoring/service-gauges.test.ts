import { expect, test } from 'vitest';
import { createStatus } from '../stack/testing/fixtures.ts';
import { renderExposition } from './render-exposition.ts';
import { serviceGauges } from './service-gauges.ts';

test('each container of a service is a sample; what nobody can say is none', () => {
  const known = {
    name: 'storage.1',
    state: 'healthy' as const,
    node: null,
    pid: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    cpuCores: 0.25,
    cpuSeconds: 3,
    memoryBytes: 1000,
    cpuLimitCores: null,
    memoryLimitBytes: 4000,
  };
  const unknown = { ...known, name: 'storage.2', cpuCores: null, memoryBytes: null, memoryLimitBytes: null };
  const text = renderExposition(serviceGauges([createStatus('storage', { instances: [known, unknown] })]));
  expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
    'supastor_service_cpu_cores{service="storage",replica="storage.1"} 0.25',
    'supastor_service_memory_bytes{service="storage",replica="storage.1"} 1000',
    'supastor_service_memory_limit_bytes{service="storage",replica="storage.1"} 4000',
  ]);
});
