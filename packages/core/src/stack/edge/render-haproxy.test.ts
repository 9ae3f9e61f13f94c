import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { EdgeOptions, EdgeServers } from './edge-options.ts';
import { renderHaproxyConfig } from './render-haproxy.ts';

const HAPROXY = '/usr/sbin/haproxy';

const resolved = (host: string, port: number): EdgeServers => ({ kind: 'resolved', host, port, max: 25 });
const STACK: EdgeOptions = {
  ports: { http: 8000, health: 8404, meta: 8081 },
  storage: resolved('storage', 5000),
  admin: resolved('admin', 8080),
  meta: resolved('meta', 8081),
  publicUrl: 'http://localhost:8000',
  trustedProxies: [],
};
const fixed: EdgeServers = {
  kind: 'fixed',
  servers: [
    { host: '127.0.0.1', port: 4001 },
    { host: '::1', port: 4002 },
  ],
};
const ALL: Readonly<Record<string, EdgeOptions>> = {
  'a stack': STACK,
  'another storage server': { ...STACK, storage: null },
  'a sub-path, proxies in front, S3 at its root': {
    ...STACK,
    ports: { ...STACK.ports, s3: 5001, redirect: 8001 },
    storageS3: resolved('storage', 5001),
    publicUrl: 'https://example.org/my.files/storage/v1',
    trustedProxies: ['10.0.0.0/8', '::1'],
  },
  'fixed servers': { ports: { http: 8000, health: 8404 }, storage: fixed, admin: fixed, publicUrl: 'http://a', trustedProxies: [] },
};

/** The lines of one section, without their indentation. */
function section(text: string, head: string): readonly string[] {
  const found = text.split('\n\n').find((part) => part.startsWith(`${head}\n`)) ?? '';
  return found
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

test.skipIf(!existsSync(HAPROXY)).each(Object.entries(ALL))('HAProxy accepts what is written for %s', (_, options) => {
  // It opens its file by name, which a pipe has and a socket has not.
  const check = `cat | ${HAPROXY} -c -f /dev/stdin`;
  const { status, stderr } = spawnSync('sh', ['-c', check], { input: renderHaproxyConfig(options), encoding: 'utf8' });
  expect([status, stderr.replaceAll(/\[NOTICE\].*\n?/g, '')]).toEqual([0, '']);
});

test('only what changes nothing is sent again', () => {
  const text = renderHaproxyConfig(STACK);
  const retried = ['storage_read', 'storage_write', 'storage_alive', 'admin', 'meta_read', 'meta'].filter((name) =>
    section(text, `backend ${name}`).some((line) => line.startsWith('retry-on') && line !== 'retry-on conn-failure'),
  );
  expect(retried).toEqual(['storage_read', 'meta_read']);
  expect(section(text, 'frontend meta').filter((line) => line.includes('backend'))).toEqual([
    'use_backend meta_read if { method GET HEAD }',
    'default_backend meta',
  ]);
  expect(section(text, 'frontend public').filter((line) => line.startsWith('use_backend'))).toEqual([
    'use_backend storage_alive if is_storage is_safe { nbsrv(storage_read) eq 0 } { nbsrv(storage_alive) gt 0 }',
    'use_backend storage_read if is_storage is_safe',
    'use_backend storage_alive if is_listing METH_POST { nbsrv(storage_read) eq 0 } { nbsrv(storage_alive) gt 0 }',
    'use_backend storage_read if is_listing METH_POST',
    'use_backend storage_alive if is_storage { nbsrv(storage_write) eq 0 } { nbsrv(storage_alive) gt 0 }',
    'use_backend storage_write if is_storage',
  ]);
});

test('what strangers say about themselves is dropped, what a trusted proxy says is kept', () => {
  const closed = section(renderHaproxyConfig(STACK), 'frontend public');
  expect(closed).toContain('http-request del-header X-Forwarded-For');
  const open = section(renderHaproxyConfig({ ...STACK, trustedProxies: ['10.0.0.0/8', '::1'] }), 'frontend public');
  expect(open).toContain('acl from_proxy src 10.0.0.0/8 ::1');
  expect(open).toContain('http-request del-header X-Forwarded-For unless from_proxy');
});

test('the path of the public URL is cut off, the usual mount is not', () => {
  const text = renderHaproxyConfig({ ...STACK, publicUrl: 'https://example.org/my.files/storage/v1' });
  expect(section(text, 'frontend public')).toContain(String.raw`http-request replace-path ^/my\.files/(.*) /\1 if has_prefix`);
  expect(renderHaproxyConfig({ ...STACK, publicUrl: 'https://example.org/storage/v1' })).not.toContain('has_prefix');
});

test('what replicas there are is not in it', () => {
  expect(renderHaproxyConfig(STACK)).toContain('server-template storage 1-25 storage:5000');
});

test.each([{ publicUrl: "http://a/x'y" }, { trustedProxies: ['10.0.0.0/8\n  bind :1'] }, { certificatePath: '/run/my certificate.pem' }])(
  'refuses what could mean something else: %j',
  (change) => {
    expect(() => renderHaproxyConfig({ ...STACK, ...change })).toThrow(/^The edge cannot use/);
  },
);
