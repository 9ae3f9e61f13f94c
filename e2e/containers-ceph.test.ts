import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type Ceph, LACKS_CEPH, startCeph } from '@supastor/testkit/harness/ceph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startConstantLoad } from './containers/constant-load.ts';
import { addressOf, type ContainerProject, createContainerProject } from './containers/container-project.ts';
import { docker, whyNoContainers } from './containers/docker.ts';
import { runAcceptance } from './harness/run-acceptance.ts';

const why = whyNoContainers() ?? LACKS_CEPH;
if (why !== null) process.stderr.write(`e2e/containers-ceph is skipped: ${why}\n`);

const BUCKET = 'bytes';

let ceph: Ceph;
let stack: ContainerProject;

/** Storage servers that share nothing but Postgres and a bucket of Ceph. */
describe.skipIf(why !== null)('containers over Ceph', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    // Where this machine is for every container.
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
    stack = await createContainerProject(`e2e-ceph-${process.pid}`, {
      STORAGE_BACKEND: 's3',
      STORAGE_S3_BUCKET: BUCKET,
      STORAGE_S3_ENDPOINT: url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    });
    await stack.succeed('up', '--prod', '--scale', 'storage=3');
  }, 400_000);

  afterAll(async () => {
    await stack?.destroy();
    await ceph?.stop();
  }, 300_000);

  test('every check of the acceptance suite passes through the edge; only what needs a cache in front is left out', async () => {
    const secrets = await stack.secrets();
    const database = await addressOf(await stack.oneOf('postgres'));
    const { lines, mishaps } = await runAcceptance({
      ...Object.fromEntries(secrets),
      STORAGE_URL: `${stack.url}/storage/v1`,
      DB_URL: `postgres://postgres:${secrets.get('POSTGRES_PASSWORD')}@${database}:5432/postgres`,
    });
    expect(mishaps.filter((line) => !line.endsWith('(unsupported: no cache can be purged)'))).toEqual([]);
    expect(lines.at(-1)).toMatch(/^[1-9]\d\d passed, 0 failed/);
  });

  test('a server that is killed costs no download and no acknowledged upload', async () => {
    const load = await startConstantLoad(`${stack.url}/storage/v1`, (await stack.secrets()).get('SERVICE_ROLE_KEY') ?? '');
    await load.report();
    const pid = Number(await docker('inspect', '-f', '{{.State.Pid}}', await stack.oneOf('storage')));
    process.kill(pid, 'SIGKILL');
    await stack.untilHealthy('storage', '3 of 3 healthy');
    expect((await load.report()).failedReads).toEqual([]);
    expect(await load.stop()).toEqual([]);
  });
});
