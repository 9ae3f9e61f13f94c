import { expect, test } from 'vitest';
import { createTestConfig } from '../../testing/fixtures.ts';
import { edgeContainer } from './edge-container.ts';

const build = (containers: Record<string, unknown>) =>
  edgeContainer(createTestConfig({ project: { name: 'demo', mode: 'prod', target: 'docker' }, containers }));
const FILES = { tlsCertificate: '/etc/ssl/a.pem', tlsKey: '/etc/ssl/a.key' };

test('without a certificate the host listens without TLS', () => {
  const { published, mounts, files } = build({});
  expect([published[0]?.containerPort, mounts.length]).toEqual([8000, 1]);
  expect(files[0]?.content).not.toContain('ssl crt');
});

test('with a certificate the host listens for TLS alone, and the key is beside it as HAProxy wants it', () => {
  const { published, mounts, files } = build(FILES);
  expect(published).toMatchObject([{ port: 8000, containerPort: 8443 }]);
  expect(mounts.slice(1)).toEqual([
    { kind: 'bind', source: '/etc/ssl/a.pem', path: '/etc/supastor-tls/edge.pem', readOnly: true },
    { kind: 'bind', source: '/etc/ssl/a.key', path: '/etc/supastor-tls/edge.pem.key', readOnly: true },
  ]);
  expect(files[0]?.content).toContain('bind :8443 ssl crt /etc/supastor-tls/edge.pem alpn h2,http/1.1');
});

test.each([
  [{ tlsCertificate: '/a' }, 'containers.tlsKey is missing'],
  [{ tlsKey: '/a' }, 'containers.tlsCertificate is missing'],
  [{ ...FILES, tlsKey: 'a.key' }, 'containers.tlsKey is not an absolute path'],
])('refuses %j', (containers, message) => {
  expect(() => build(containers)).toThrow(message);
});
