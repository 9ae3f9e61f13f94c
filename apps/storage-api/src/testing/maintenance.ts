import { type MaintenanceRun, maintenanceRunSchema } from '@supastor/contract/wire/maintenance';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestServer } from './server.ts';

const LONGEST_MS = 120_000;

/** The run as it ended, which is not later than `longestMs`. */
export async function waitForRun(server: Pick<TestServer, 'fetch'>, begun: unknown, longestMs = LONGEST_MS): Promise<MaintenanceRun> {
  const { id } = maintenanceRunSchema.parse(begun);
  for (const deadlineMs = Date.now() + longestMs; ; await sleep(50)) {
    const run = maintenanceRunSchema.parse(await (await server.fetch(`/maintenance/runs/${id}`)).json());
    if (run.finishedAt !== null) return run;
    if (Date.now() > deadlineMs) throw new Error(`the run did not end: ${JSON.stringify(run)}`);
  }
}
