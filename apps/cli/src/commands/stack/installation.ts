import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { NodeEntry } from '@supastor/adapters/targets/embedded/supervisor/node-launcher';
import type { NodeEntries } from '@supastor/adapters/targets/embedded/supervisor/run-supervisor';

export interface InstallationOptions {
  /** Run the sources although a build is there (SUPASTOR_SOURCE=1). */
  readonly preferSource: boolean;
  /** Restart services when their sources change. */
  readonly watch: boolean;
}

/** The programs that make up this installation. */
export interface Installation {
  readonly supervisorFile: string;
  readonly entries: NodeEntries;
}

/**
 * A small young generation, and an old one that grows by half before it is collected: pages that the heap has once had stay with the
 * process, and after a burst of listings that was 100 MB. It costs an eighth of the listings a second.
 */
const SMALL_HEAP = ['--max-semi-space-size=4', '--heap-growing-percent=50'];
/** Bodies come by here: twice the room for what is new is a twelfth more small uploads a second, for 5 MB. */
const TRANSFER_HEAP = ['--max-semi-space-size=8', '--heap-growing-percent=50'];
/** Buffers that many threads let go of in turn would otherwise stay in a pool for each thread. */
const FEW_ARENAS = { MALLOC_ARENA_MAX: '2' };
/** Serves a few requests of the control plane: it trades speed under load for less memory at rest. */
const SMALLEST_HEAP = ['--max-semi-space-size=1', '--optimize-for-size'];

/** Finds the programs beside this package: what was built, else the sources. */
export function locateInstallation(options: InstallationOptions): Installation {
  const cliDir = packageDir(import.meta.dirname, 'supastor');
  const root = findCheckout();
  const entry = (dir: string, built: string, source: string, extra: Partial<NodeEntry> = {}): NodeEntry => ({
    file: choose(join(root, dir, built), join(root, dir, source), options),
    watch: options.watch,
    nodeFlags: SMALL_HEAP,
    environment: {},
    ...extra,
  });
  const dashboardDir = join(root, 'apps/dashboard/dist');
  return {
    supervisorFile: choose(join(cliDir, 'dist/supervisor.js'), join(cliDir, 'src/supervisor.ts'), options),
    entries: {
      storage: entry('apps/storage-api', 'dist/main.js', 'src/main.ts', { nodeFlags: TRANSFER_HEAP, environment: FEW_ARENAS }),
      meta: entry('packages/adapters', 'dist/meta-server.js', 'src/postgres-meta/server/main.ts', {
        nodeFlags: SMALLEST_HEAP,
      }),
      admin: entry('apps/admin-api', 'dist/main.js', 'src/main.ts', {
        environment: existsSync(join(dashboardDir, 'index.html')) ? { SUPASTOR_DASHBOARD_DIR: dashboardDir } : {},
      }),
      mock: entry('apps/cli', 'dist/mock.js', 'src/mock.ts', { nodeFlags: SMALLEST_HEAP }),
    },
  };
}

/** The directory that holds all packages of this installation. */
export function findCheckout(): string {
  return dirname(dirname(packageDir(import.meta.dirname, 'supastor')));
}

function choose(built: string, source: string, { preferSource, watch }: InstallationOptions): string {
  if (preferSource || watch) return existsSync(source) ? source : built;
  return existsSync(built) ? built : source;
}

function packageDir(from: string, name: string): string {
  for (let dir = from; dir !== dirname(dir); dir = dirname(dir)) {
    const file = join(dir, 'package.json');
    if (existsSync(file) && readFileSync(file, 'utf8').includes(`"name": "${name}"`)) return dir;
  }
  throw new Error(`${from} is not inside the package ${name}`);
}
