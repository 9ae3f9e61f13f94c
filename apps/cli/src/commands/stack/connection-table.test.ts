import { createStatus, createTestConfig } from '@supastor/core/stack/testing/fixtures';
import { expect, test } from 'vitest';
import { connectionRecord, containerConnection } from './connection-table.ts';

const urls = (containers: Record<string, unknown>, services = [createStatus('storage')]) =>
  Object.fromEntries(
    Object.entries(
      connectionRecord(containerConnection(createTestConfig({ containers, storage: { s3RootPort: 9000 } }), services), false),
    ).filter(([name]) => name.endsWith('_URL')),
  );

test('with a certificate every address of the edge is one of TLS', () => {
  expect(urls({ tlsCertificate: '/a.pem', tlsKey: '/a.key', port: 8443 })).toEqual({
    API_URL: 'https://127.0.0.1:8443',
    STORAGE_URL: 'https://127.0.0.1:8443/storage/v1',
    STORAGE_S3_URL: 'https://127.0.0.1:8443/storage/v1/s3',
    STORAGE_S3_ROOT_URL: 'https://127.0.0.1:9000',
    ADMIN_URL: 'https://127.0.0.1:8443',
  });
});

test('without one they are not, and Grafana is where it listens', () => {
  expect(urls({}, [createStatus('grafana', { ports: { http: 3001 } })])).toMatchObject({
    ADMIN_URL: 'http://127.0.0.1:8000',
    STORAGE_S3_ROOT_URL: 'http://127.0.0.1:9000',
    GRAFANA_URL: 'http://127.0.0.1:3001',
  });
});
