import { createTestConfig } from '@supastor/core/stack/testing/fixtures';
import { buildContainerStack } from '@supastor/core/stack/containers/desired-containers';
import { expect, test } from 'vitest';
import { containerOptions } from './container-options.ts';

const stack = buildContainerStack(
  createTestConfig({ project: { name: 'demo' }, containers: { memory: { storage: 512_000_000 } } }),
  'default',
);
const options = stack.services.map((spec) => containerOptions(stack, spec, 1));

test('every container is hardened', () => {
  for (const { HostConfig, User } of options) {
    expect(HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      CapAdd: [],
      SecurityOpt: ['no-new-privileges:true'],
      RestartPolicy: { Name: 'unless-stopped' },
      LogConfig: { Type: 'json-file', Config: { 'max-file': '5' } },
    });
    expect(HostConfig?.Privileged ?? false).toBe(false);
    // The agent owns the engine's socket, without a capability and without a network.
    if (HostConfig?.NetworkMode !== 'none') expect(User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  }
});

test('no secret is in a label or an environment', () => {
  const told = JSON.stringify(options.map(({ Env, Labels, Cmd }) => ({ Env, Labels, Cmd })));
  for (const secret of ['pg-password', 'storage-password', 'jwt-secret', 'service.key', 'session-secret'])
    expect(told).not.toContain(secret);
});

test('the name by which the storage server knows the edge is that of the edge alone', () => {
  const storage = options.find(({ name }) => name === 'demo-default-storage-1');
  expect(storage?.Env).toContain('SUPASTOR_TRUSTED_PROXIES=edge');
  const aliases = options.flatMap(({ name, NetworkingConfig }) =>
    Object.values(NetworkingConfig?.EndpointsConfig ?? {}).flatMap(({ Aliases = [] }) => Aliases.map((alias) => [alias, name])),
  );
  expect(aliases.filter(([alias]) => alias === 'edge')).toEqual([['edge', 'demo-default-edge-1']]);
});

test('limits are passed on, and swap does not get around them', () => {
  const storage = options.find(({ name }) => name === 'demo-default-storage-1');
  expect(storage?.HostConfig).toMatchObject({ Memory: 512_000_000, MemorySwap: 512_000_000, PidsLimit: 512 });
});
