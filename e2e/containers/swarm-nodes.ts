import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import { docker } from './docker.ts';

const ENGINE_IMAGE = 'supastor-test/engine:1';
const READY_ATTEMPTS = 240;
const POLL_MS = 250;
/** What an engine in a container needs where `--privileged` may ask for too much. */
const RIGHTS = [
  '--cap-add=ALL',
  '--cap-drop=SYS_RESOURCE',
  ...['seccomp', 'apparmor', 'systempaths'].map((name) => `--security-opt=${name}=unconfined`),
  ...['c *:* rwm', 'b *:* rwm'].map((rule) => `--device-cgroup-rule=${rule}`),
  '--cgroupns=host',
  '--volume=/sys/fs/cgroup:/sys/fs/cgroup:rw',
];

export interface SwarmNode {
  /** Name of the node, and of the container that it is. */
  readonly name: string;
  /** As in DOCKER_HOST. */
  readonly engine: string;
  /** Where this machine reaches its published ports. */
  readonly address: string;
}

export interface SwarmNodes {
  /** The first is the manager. */
  readonly nodes: readonly SwarmNode[];
  remove(): Promise<void>;
}

/** A swarm of engines in containers, each with its own disk and the given images. */
export async function startSwarm(prefix: string, count: number, images: readonly string[]): Promise<SwarmNodes> {
  const dir = await createTempDir('swarm');
  const names = Array.from({ length: count }, (_, index) => `${prefix}-n${index + 1}`);
  const remove = async (): Promise<void> => {
    await docker('rm', '-f', '-v', ...names).catch(() => undefined);
    await docker('network', 'rm', prefix).catch(() => undefined);
    await dir.remove();
  };
  try {
    await docker('network', 'create', prefix);
    const nodes = await Promise.all(names.map((name) => startEngine(name, prefix, join(dir.path, name))));
    for (const { engine } of nodes) await copyImages(images, engine);
    const [manager] = nodes;
    if (manager === undefined) throw new Error('a swarm has at least one node');
    await docker('-H', manager.engine, 'swarm', 'init', '--advertise-addr', manager.address);
    const token = await docker('-H', manager.engine, 'swarm', 'join-token', '-q', 'worker');
    for (const { engine, address } of nodes.slice(1)) {
      await docker('-H', engine, 'swarm', 'join', '--advertise-addr', address, '--token', token, `${manager.address}:2377`);
    }
    return { nodes, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function startEngine(name: string, network: string, socketDir: string): Promise<SwarmNode> {
  await mkdir(socketDir);
  const engine = `unix://${socketDir}/docker.sock`;
  const options = [`--name=${name}`, `--hostname=${name}`, `--network=${network}`, `--volume=${socketDir}:/run/api`];
  const sockets = ['--host=unix:///run/api/docker.sock', '--host=unix:///var/run/docker.sock'];
  await docker('run', '-d', ...RIGHTS, ...options, ENGINE_IMAGE, ...sockets, '--default-address-pool=base=10.77.0.0/16,size=24');
  await untilAnswers(engine);
  return { name, engine, address: await docker('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', name) };
}

async function untilAnswers(engine: string): Promise<void> {
  for (let attempt = 0; attempt < READY_ATTEMPTS; attempt++) {
    if ((await docker('-H', engine, 'info', '-f', '{{.ServerVersion}}').catch(() => '')) !== '') return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`the engine at ${engine} does not answer`);
}

/** Swarm knows no images but those of registries and of each node; here there is no registry. */
async function copyImages(images: readonly string[], engine: string): Promise<void> {
  const save = spawn('docker', ['save', ...images], { stdio: ['ignore', 'pipe', 'ignore'] });
  const load = spawn('docker', ['-H', engine, 'load', '-q'], { stdio: ['pipe', 'ignore', 'ignore'] });
  save.stdout.pipe(load.stdin);
  const [code] = await once(load, 'close');
  if (code !== 0) throw new Error(`images could not be loaded into ${engine}`);
}
