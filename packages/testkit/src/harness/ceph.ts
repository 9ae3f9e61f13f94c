import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort } from './free-port.ts';
import { createTempDir } from './temp-dir.ts';

const run = promisify(execFile);
const PROGRAMS = ['ceph-mon', 'ceph-osd', 'ceph', 'monmaptool', 'radosgw', 'radosgw-admin'];
const READY_TIMEOUT_MS = 120_000;
const POLL_MS = 250;

/** Why Ceph cannot be used here, or null. */
export const LACKS_CEPH = whyNoCeph();

function whyNoCeph(): string | null {
  const missing = PROGRAMS.filter((name) => !existsSync(`/usr/bin/${name}`));
  if (missing.length > 0) return `${missing.join(', ')} are not installed; they are in ceph-mon, ceph-osd, ceph-common and radosgw`;
  return process.getuid?.() === 0 ? null : 'Ceph needs root';
}

export interface Ceph {
  /** Its S3 endpoint. */
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  stop(): Promise<void>;
}

/**
 * The real Ceph: a monitor, a store that keeps everything in memory, and the gateway that speaks S3, which alone listens at `host`.
 * Another S3 than ours.
 */
export async function startCeph(host = '127.0.0.1'): Promise<Ceph> {
  const dir = await createTempDir('ceph');
  const [monPort, port] = [await findFreePort(), await findFreePort()];
  const env = { ...process.env, CEPH_CONF: join(dir.path, 'ceph.conf') };
  const daemons: ChildProcess[] = [];
  const call = (command: string, ...args: readonly string[]) => run(command, [...args], { env, timeout: READY_TIMEOUT_MS });
  const start = (command: string, ...args: readonly string[]) =>
    void daemons.push(spawn(command, [...args, '-f'], { env, stdio: 'ignore' }));
  const ceph: Ceph = {
    url: `http://${host}:${port}`,
    accessKeyId: 'FOREIGNACCESSKEY0001',
    secretAccessKey: randomUUID(),
    async stop() {
      await Promise.all(daemons.toReversed().map(endOf));
      await dir.remove();
    },
  };
  try {
    const [id, osd, map] = [randomUUID(), randomUUID(), join(dir.path, 'monmap')];
    for (const name of ['mon', 'osd', 'run']) await mkdir(join(dir.path, name));
    await writeFile(env.CEPH_CONF, describeCluster({ id, dir: dir.path, monPort }));
    await call('monmaptool', '--create', '--addv', 'a', `[v2:127.0.0.1:${monPort}]`, '--fsid', id, '--clobber', map);
    await call('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map);
    start('ceph-mon', '-i', 'a');
    await call('ceph', 'osd', 'new', osd, '0');
    await call('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd);
    start('ceph-osd', '-i', '0');
    await call('ceph', 'osd', 'crush', 'add', 'osd.0', '1', 'root=default', 'host=here');
    start('radosgw', '-n', 'client.rgw', `--rgw_frontends=beast endpoint=${host}:${port}`);
    const keys = [`--access-key=${ceph.accessKeyId}`, `--secret=${ceph.secretAccessKey}`];
    await call('radosgw-admin', 'user', 'create', '--uid=u', '--display-name=u', ...keys);
    await untilAnswers(ceph.url);
    return ceph;
  } catch (error) {
    await ceph.stop();
    throw error;
  }
}

async function untilAnswers(url: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < READY_TIMEOUT_MS; waitedMs += POLL_MS) {
    const answer = await fetch(url).catch(() => null);
    await answer?.text();
    if (answer?.ok === true) return;
    await sleep(POLL_MS);
  }
  throw new Error(`Ceph's gateway does not answer at ${url}`);
}

function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** One copy of everything in memory, no authentication inside, and nothing that listens on another address. */
function describeCluster({ id, dir, monPort }: { readonly id: string; readonly dir: string; readonly monPort: number }): string {
  return `[global]
fsid = ${id}
mon host = v2:127.0.0.1:${monPort}
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
