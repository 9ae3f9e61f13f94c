import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type Ceph, LACKS_CEPH, startCeph } from '@supastor/testkit/harness/ceph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ConstantLoad, startConstantLoad } from './containers/constant-load.ts';
import { type ContainerProject, createContainerProject, type Report } from './containers/container-project.ts';
import { docker, IMAGE_SETTINGS, whyNoContainers } from './containers/docker.ts';
import { startSwarm, type SwarmNode, type SwarmNodes } from './containers/swarm-nodes.ts';

const why = whyNoContainers() ?? LACKS_CEPH;
if (why !== null) process.stderr.write(`e2e/swarm is skipped: ${why}\n`);

const PORT = 8000;
const BUCKET = 'bytes';
const SERVED = ['POSTGRES', 'EDGE', 'STORAGE', 'META', 'ADMIN'].map((name) => `SUPASTOR_IMAGE_${name}`);
const IMAGES = Object.entries(IMAGE_SETTINGS).flatMap(([name, image]) => (SERVED.includes(name) ? [image] : []));
const SETTLED = { timeout: 240_000, interval: 1000 };
const prefix = `e2e-swarm-${process.pid}`;

let swarm: SwarmNodes;
let manager: SwarmNode;
let lost: SwarmNode;
let ceph: Ceph;
let stack: ContainerProject;
let load: ConstantLoad;

/** Nodes that run tasks of a service which should run, as the engine's own client says. */
async function nodesOf(service: string): Promise<readonly string[]> {
  const services = await docker('-H', manager.engine, 'service', 'ls', '--format', '{{.Name}}');
  const name = services.split('\n').find((each) => each.endsWith(service));
  if (name === undefined) throw new Error(`there is no service ${service} among ${services}`);
  const tasks = await docker(
    '-H',
    manager.engine,
    'service',
    'ps',
    name,
    '--filter',
    'desired-state=running',
    '--format',
    '{{.Node}} {{.CurrentState}}',
  );
  return tasks.split('\n').flatMap((line) => (/ Running /.test(line) ? [line.split(' ')[0] ?? ''] : []));
}

/** Three engines, each in a container; Postgres on the first, the bytes in Ceph. */
describe.skipIf(why !== null)('a swarm of three nodes', { timeout: 400_000 }, () => {
  beforeAll(async () => {
    swarm = await startSwarm(prefix, 3, IMAGES);
    const [first, , third] = swarm.nodes;
    if (first === undefined || third === undefined) throw new Error('three nodes were asked for');
    [manager, lost] = [first, third];
    ceph = await startCeph(await docker('network', 'inspect', 'bridge', '-f', '{{(index .IPAM.Config 0).Gateway}}'));
    const { url, accessKeyId, secretAccessKey } = ceph;
    const client = new S3Client({
      endpoint: url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    client.destroy();
    const settings = {
      DOCKER_HOST: manager.engine,
      SUPASTOR_SWARM_STATE_NODE: manager.name,
      SUPASTOR_EDGE_HOST: '0.0.0.0',
      SUPASTOR_EDGE_PORT: String(PORT),
      STORAGE_PUBLIC_URL: `http://${manager.address}:${PORT}`,
      STORAGE_BACKEND: 's3',
      STORAGE_S3_BUCKET: BUCKET,
      STORAGE_S3_ENDPOINT: url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
    stack = await createContainerProject(prefix, settings, 'swarm');
    await stack.succeed('up', '--prod', '--scale', 'storage=3', '--scale', 'meta=2');
    load = await startConstantLoad(`http://${manager.address}:${PORT}/storage/v1`, (await stack.secrets()).get('SERVICE_ROLE_KEY') ?? '');
  }, 600_000);

  afterAll(async () => {
    await load?.stop();
    await stack?.destroy();
    await swarm?.remove();
    await ceph?.stop();
  }, 300_000);

  test('spreads replicas over all nodes, serves at each of them, and a second up does nothing', async () => {
    expect((await nodesOf('storage')).toSorted()).toEqual(swarm.nodes.map(({ name }) => name));
    for (const { address } of swarm.nodes) expect((await fetch(`http://${address}:${PORT}/storage/v1/status`)).status).toBe(200);
    await expect.poll(async () => (await stack.supastor('status')).code, SETTLED).toBe(0);
    expect((await stack.succeed<Report>('up', '--prod')).plan.steps).toEqual([]);
  });

  test('tells what replicas of the node it asks use, and of others that it cannot know', async () => {
    const { services } = await stack.succeed<Report>('status');
    const instances = services.flatMap((service) => service.instances);
    const here = instances.filter(({ node }) => node === manager.name);
    expect(here.length).toBeGreaterThan(0);
    expect(here.length).toBeLessThan(instances.length);
    for (const { name, node, memoryBytes } of instances) expect(memoryBytes !== null, `${name} on ${node}`).toBe(node === manager.name);
  });

  test('shows no secret in its services', async () => {
    const ids = (await docker('-H', manager.engine, 'service', 'ls', '-q')).split('\n');
    const shown = await docker('-H', manager.engine, 'service', 'inspect', ...ids);
    for (const [name, value] of await stack.secrets())
      if (/PASSWORD|SECRET|KEY/.test(name) && value !== '') expect(shown.includes(value), `${name} is shown`).toBe(false);
  });

  test('grows, shrinks and rolls out without a failed request', async () => {
    await load.report();
    await stack.succeed('scale', 'storage=4');
    expect(await nodesOf('storage')).toHaveLength(4);
    await stack.succeed('scale', 'storage=3');
    const { plan } = await stack.succeed<Report>('up', '--prod', '--set', 'storage.fileSizeLimit=1GB');
    expect(plan.unchanged).not.toContain('storage');
    expect(plan.unchanged).toContain('postgres');
    expect(await load.report()).toMatchObject({ failedReads: [], failedWrites: [] });
    await stack.succeed('rollback');
    expect(await load.report()).toMatchObject({ failedReads: [], failedWrites: [] });
  });

  test('goes on when a node is lost, with every replica on those that are left', async () => {
    await load.report();
    await docker('kill', lost.name);
    await load.report();
    await expect.poll(async () => (await nodesOf('storage')).filter((name) => name !== lost.name).length, SETTLED).toBe(3);
    expect((await load.report()).failedReads).toEqual([]);
    expect(await load.stop()).toEqual([]);
    await expect.poll(async () => (await stack.supastor('status')).code, SETTLED).toBe(0);
    expect((await stack.succeed<Report>('up', '--prod')).plan.steps).toEqual([]);
  });
});
