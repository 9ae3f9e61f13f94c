import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EdgeOptions } from '@supastor/core/stack/edge/edge-options';
import { renderHaproxyConfig } from '@supastor/core/stack/edge/render-haproxy';
import { endOf, untilReady } from './processes.ts';

const PROGRAM = '/usr/sbin/haproxy';

/** Why HAProxy cannot be used here, or null. */
export const LACKS_HAPROXY = existsSync(PROGRAM) ? null : 'haproxy is not installed';

export interface Haproxy {
  stop(): Promise<void>;
}

/** The real HAProxy with the configuration that the product writes. Resolves when it has a server for everything. */
export async function startHaproxy(options: EdgeOptions, dir: string): Promise<Haproxy> {
  const file = join(dir, 'haproxy.cfg');
  await writeFile(file, renderHaproxyConfig(options));
  const check = spawnSync(PROGRAM, ['-c', '-f', file], { encoding: 'utf8' });
  if (check.status !== 0) throw new Error(`haproxy refuses its configuration:\n${check.stderr}`);
  const child = spawn(PROGRAM, ['-db', '-f', file], { stdio: 'ignore' });
  await untilReady(child, `http://127.0.0.1:${options.ports.health}/health/ready`, 'haproxy');
  return { stop: () => endOf(child, 'SIGKILL') };
}
