import { type ConstantLoad, type LoadReport, startConstantLoad } from '../containers/constant-load.ts';
import { createContainerProject } from '../containers/container-project.ts';
import { docker, whyNoContainers } from '../containers/docker.ts';
import type { Row, Table } from './table.ts';

const CALM_MS = 10_000;
const SECOND_IMAGE = 'supastor-test/storage-api:bench';

/**
 * Failed requests and times of real clients while a stack of containers with three storage servers is disturbed, beside the same
 * while it is left alone.
 */
export async function benchContainers(): Promise<Table> {
  const title = 'Containers under constant load (failed requests must be 0)';
  const why = whyNoContainers();
  if (why !== null) return { title, rows: [{ what: 'skipped', value: why }] };
  const stack = await createContainerProject(`bench-${process.pid}`);
  let load: ConstantLoad | null = null;
  try {
    await stack.succeed('up', '--prod', '--scale', 'storage=3');
    const started = await startConstantLoad(`${stack.url}/storage/v1`, (await stack.secrets()).get('SERVICE_ROLE_KEY') ?? '');
    load = started;
    const report = () => started.report();
    const rows: Row[] = [];
    const during = async (what: string, disturb: () => Promise<unknown>): Promise<void> => {
      await report();
      await disturb();
      rows.push(...toRows(what, await report()));
    };
    await during('left alone', () => new Promise((resolve) => setTimeout(resolve, CALM_MS)));
    await during('a storage server is killed', async () => {
      const pid = Number(await docker('inspect', '-f', '{{.State.Pid}}', await stack.oneOf('storage')));
      process.kill(pid, 'SIGKILL');
      await stack.untilHealthy('storage', '3 of 3 healthy');
    });
    await during('scaled 3 to 5 to 2', async () => {
      await stack.succeed('scale', 'storage=5');
      await stack.succeed('scale', 'storage=2');
    });
    await docker('tag', 'supastor-test/storage-api:1', SECOND_IMAGE);
    await during('a new image is rolled out', () => stack.succeed('up', '--prod', '--set', `containers.images.storage=${SECOND_IMAGE}`));
    const lost = await started.stop();
    return { title, rows: [...rows, count('acknowledged uploads that cannot be read back', lost.length)] };
  } finally {
    await load?.stop();
    await stack.destroy();
    await docker('image', 'rm', SECOND_IMAGE).catch(() => undefined);
  }
}

/** A write that was on its way when its server was killed may fail: nobody can know whether it happened. */
function toRows(what: string, { reads, writes, failedReads, failedWrites, p50Ms, p99Ms }: LoadReport): readonly Row[] {
  return [
    count(`${what}: of ${reads} reads failed`, failedReads.length),
    { what: `${what}: of ${writes} writes failed`, value: String(failedWrites.length) },
    { what: `${what}: p50 / p99`, value: `${p50Ms.toFixed(0)} / ${p99Ms.toFixed(0)} ms` },
  ];
}

function count(what: string, value: number): Row {
  return { what, value: String(value), target: '0', met: value === 0 };
}
