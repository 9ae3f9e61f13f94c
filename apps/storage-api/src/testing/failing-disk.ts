import { spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const COMPILER = '/usr/bin/cc';

/** Makes writes and syncs of one directory fail in a server that is started with {@link env}; see failing-disk.c. */
export interface FailingDisk {
  readonly env: Readonly<Record<string, string>>;
  fail(): Promise<void>;
  heal(): Promise<void>;
}

/** Why faults cannot be injected here; null when they can. */
export function whyNoFailingDisk(): string | null {
  if (process.platform !== 'linux') return 'needs Linux';
  return spawnSync(COMPILER, ['--version'], { stdio: 'ignore' }).status === 0 ? null : 'needs a C compiler (Debian: gcc, libc6-dev)';
}

/** One in `every` calls fails while it is told to; `directory` is for what is needed on the way. */
export function buildFailingDisk(directory: string, root: string, every: number): FailingDisk {
  const library = join(directory, 'failing-disk.so');
  const source = join(import.meta.dirname, 'failing-disk.c');
  const { status, stderr } = spawnSync(COMPILER, ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the library could not be built: ${stderr}`);
  const toggle = join(directory, 'disk-fails');
  return {
    env: { LD_PRELOAD: library, FAULT_ROOT: root, FAULT_SWITCH: toggle, FAULT_EVERY: String(every) },
    fail: () => writeFile(toggle, ''),
    heal: () => rm(toggle, { force: true }),
  };
}
