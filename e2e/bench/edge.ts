import { randomBytes } from 'node:crypto';
import type { EdgeServers } from '@supastor/core/stack/edge/edge-options';
import { findFreePort } from '@supastor/testkit/harness/free-port';
import { LACKS_HAPROXY, startHaproxy } from '../harness/haproxy.ts';
import { createStack, freePorts } from '../harness/stack.ts';
import { LoadGenerator } from './load/load-generator.ts';
import type { LoadTarget, ScenarioName } from './load/scenarios.ts';
import { seedObjects } from './load/seed.ts';
import { median, type Row, type Table } from './table.ts';

const SIZES = [4096, 1024 * 1024, 64 * 1024 * 1024];
const LINES: readonly (readonly [ScenarioName, number, number])[] = [
  ['get public', 4096, 16],
  ['get public', 1024 * 1024, 16],
  ['get public', 64 * 1024 * 1024, 4],
  ['upload', 4096, 16],
  ['upload', 1024 * 1024, 16],
  ['upload', 64 * 1024 * 1024, 4],
];
const ROUNDS = 5;
const MIN_SHARE = 0.8;
/** A transfer of the largest takes a while. */
const durationMs = (size: number) => (size > 16 * 1024 * 1024 ? 6000 : 2000);

/** What the edge takes from the throughput of a storage server: direct and through HAProxy in turn, medians of the rounds. */
export async function benchEdge(): Promise<Table> {
  const title = 'Through the edge, as a share of direct (requests a second)';
  if (LACKS_HAPROXY !== null) return { title, rows: [{ what: 'skipped', value: LACKS_HAPROXY }] };
  const [http, health] = [await findFreePort(), await findFreePort()];
  const ports = await freePorts();
  const publicUrl = `http://127.0.0.1:${http}`;
  const stack = await createStack({ env: { ...ports, STORAGE_PUBLIC_URL: publicUrl } });
  const generator = new LoadGenerator();
  await stack.up('--dev');
  const [storage, admin] = [at(ports['SUPASTOR_STORAGE_PORT']), at(ports['SUPASTOR_ADMIN_PORT'])];
  const edge = await startHaproxy({ ports: { http, health }, storage, admin, publicUrl, trustedProxies: [] }, stack.projectDir);
  try {
    const access = await stack.access();
    const bucket = `bench-${randomBytes(4).toString('hex')}`;
    const direct: LoadTarget = {
      base: `http://127.0.0.1:${ports['SUPASTOR_STORAGE_PORT']}/storage/v1`,
      token: access.SERVICE_ROLE_KEY,
      bucket,
    };
    await seedObjects(direct, SIZES);
    const rows: Row[] = [];
    for (const [scenario, size, concurrency] of LINES) {
      const shares: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const run = async (target: LoadTarget, way: string) => {
          const label = `${way}-${scenario.replace(' ', '-')}-${size}-${round}`;
          const result = await generator.run({ scenario, target, concurrency, size, label, warmupMs: 200, durationMs: durationMs(size) });
          if (result.errors > 0) throw new Error(`${way}: ${result.errors} requests failed, the first with ${result.firstError ?? ''}`);
          return result.perSecond;
        };
        const there = await run(direct, 'direct');
        shares.push((await run({ ...direct, base: `${publicUrl}/storage/v1` }, 'edge')) / there);
      }
      rows.push(toRow(`${scenario} ${size / 1024} KiB c=${concurrency}`, median(shares)));
    }
    return { title, rows };
  } finally {
    generator.stop();
    await edge.stop();
    await stack.destroy();
  }
}

function toRow(what: string, share: number): Row {
  return { what, value: share.toFixed(2), target: `at least ${MIN_SHARE}`, met: share >= MIN_SHARE };
}

function at(port: string | undefined): EdgeServers {
  return { kind: 'fixed', servers: [{ host: '127.0.0.1', port: Number(port) }] };
}
