import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs the tests of the S3 byte store on an S3 that is not ours: Ceph's gateway, with its data in memory, from Debian's packages
 * ceph-mon, ceph-osd, ceph-common and radosgw. Needs root, as Ceph does. Takes some three minutes; not part of CI.
 */
const FILES = ['blobs/s3/s3-store', 'blobs/s3/faults', 'blobs/upstream/upstream-bucket', 'replicas'].map(
  (name) => `apps/storage-api/src/${name}`,
);
const PROGRAMS = ['ceph-mon', 'ceph-osd', 'ceph', 'monmaptool', 'radosgw', 'radosgw-admin'];
const READY_TIMEOUT_MS = 120_000;
const [MON_PORT, GATEWAY_PORT] = [
  Number(process.env['SUPASTOR_CEPH_MON_PORT'] ?? 16_789),
  Number(process.env['SUPASTOR_CEPH_PORT'] ?? 9480),
];
const KEYS = { accessKeyId: 'FOREIGNACCESSKEY0001', secret: 'secret-of-a-gateway-that-lives-for-one-run' };

const missing = PROGRAMS.filter((name) => !existsSync(`/usr/bin/${name}`));
if (missing.length > 0) {
  process.stderr.write(
    `Not installed: ${missing.join(', ')}. Next: apt-get install --no-install-recommends ceph-mon ceph-osd ceph-common radosgw\n`,
  );
  process.exit(1);
}

const dir = await mkdtemp(join(tmpdir(), 'foreign-s3-'));
const daemons: ChildProcess[] = [];
const env = { ...process.env, CEPH_CONF: join(dir, 'ceph.conf') };

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: READY_TIMEOUT_MS });
}

function start(command: string, ...args: string[]): void {
  daemons.push(spawn(command, [...args, '-f'], { env, stdio: 'ignore' }));
}

async function startCluster(): Promise<void> {
  const cluster = randomUUID();
  for (const name of ['mon', 'osd', 'run']) await mkdir(join(dir, name));
  await writeFile(env.CEPH_CONF, describeCluster(cluster));
  const map = join(dir, 'monmap');
  run('monmaptool', '--create', '--addv', 'a', `[v2:127.0.0.1:${MON_PORT}]`, '--fsid', cluster, '--clobber', map);
  run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map);
  start('ceph-mon', '-i', 'a');
  const osd = randomUUID();
  run('ceph', 'osd', 'new', osd, '0');
  run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd);
  start('ceph-osd', '-i', '0');
  run('ceph', 'osd', 'crush', 'add', 'osd.0', '1', 'root=default', 'host=here');
  start('radosgw', '-n', 'client.rgw', `--rgw_frontends=beast endpoint=127.0.0.1:${GATEWAY_PORT}`);
  run('radosgw-admin', 'user', 'create', '--uid=u', '--display-name=u', `--access-key=${KEYS.accessKeyId}`, `--secret=${KEYS.secret}`);
}

/** One copy of everything in memory, no authentication inside, and nothing that listens on another address. */
function describeCluster(id: string): string {
  return `[global]
fsid = ${id}
mon host = v2:127.0.0.1:${MON_PORT}
mon initial members = a
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon max pg per osd = 1000
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 4294967296
ms bind msgr2 = true
ms bind msgr1 = false
ms mon client mode = crc
ms client mode = crc
ms cluster mode = crc
ms service mode = crc
log file = ${dir}/$name.log
run dir = ${dir}/run
admin socket = ${dir}/run/$name.asok
pid file = ${dir}/run/$name.pid
[mon.a]
mon data = ${dir}/mon
[osd.0]
osd data = ${dir}/osd
`;
}

async function waitForGateway(url: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (
    !(await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (Date.now() > deadline) throw new Error(`Ceph's gateway does not answer at ${url}; its logs are in ${dir}`);
    await sleep(250);
  }
}

let status = 1;
try {
  const url = `http://127.0.0.1:${GATEWAY_PORT}`;
  await startCluster();
  await waitForGateway(url);
  const vitest = join(import.meta.dirname, '..', 'node_modules', 'vitest', 'vitest.mjs');
  const result = spawnSync(process.execPath, [vitest, 'run', ...FILES, ...process.argv.slice(2)], {
    cwd: join(import.meta.dirname, '..'),
    stdio: 'inherit',
    env: { ...process.env, SUPASTOR_TEST_S3_URL: url, SUPASTOR_TEST_S3_KEY: KEYS.accessKeyId, SUPASTOR_TEST_S3_SECRET: KEYS.secret },
  });
  status = result.status ?? 1;
} finally {
  for (const daemon of daemons.toReversed()) daemon.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(status);
