#!/usr/bin/env node
// Entry of the command line. Plain JavaScript that any Node from 18 on can read: it answers --version at once,
// finds a Node that is new enough when the running one is not, and only then loads the program.
import { existsSync, readFileSync } from 'node:fs';

const REQUIRED_MAJOR = 24;
const UNSUPPORTED_EXIT_CODE = 7;
const [argument, ...more] = process.argv.slice(2);

if (more.length === 0 && (argument === '--version' || argument === '-V')) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`${version}\n`);
} else if (Number.parseInt(process.versions.node, 10) < REQUIRED_MAJOR) {
  await runOnNewerNode();
} else {
  await runProgram();
}

async function runProgram() {
  delete process.env.SUPASTOR_NODE_REEXEC;
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  const built = new URL('../dist/main.js', import.meta.url);
  const source = new URL('../src/main.ts', import.meta.url);
  const useSource = process.env.SUPASTOR_SOURCE === '1' || !existsSync(built);
  const { main } = await import((useSource ? source : built).href);
  await main();
}

async function runOnNewerNode() {
  const node = process.env.SUPASTOR_NODE_REEXEC === '1' ? undefined : await findNode();
  if (node === undefined) {
    await refuse();
    return;
  }
  const { spawn } = await import('node:child_process');
  // Listening comes first: a signal that arrives while the program starts must not end only us and leave it running.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => forward(child, signal));
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, SUPASTOR_NODE_REEXEC: '1' },
  });
  child.on('error', () => void refuse());
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** A terminal sends its interrupt to the child as well; passing it on would count twice. */
function forward(child, signal) {
  if (signal === 'SIGINT' && process.stdin.isTTY) return;
  child.kill(signal);
}

/** The first Node of the required version in a node_modules folder here or further up. */
async function findNode() {
  const { realpathSync } = await import('node:fs');
  const { dirname, join } = await import('node:path');
  const { fileURLToPath } = await import('node:url');
  const starts = [dirname(realpathSync(fileURLToPath(import.meta.url))), process.cwd()];
  for (const start of starts) {
    for (let directory = start; ; directory = dirname(directory)) {
      const modules = join(directory, 'node_modules');
      const found = existsSync(modules) ? await findIn(modules) : undefined;
      if (found !== undefined) return found;
      if (dirname(directory) === directory) break;
    }
  }
  return undefined;
}

async function findIn(modules) {
  const { join } = await import('node:path');
  const packaged = join(modules, `node-${process.platform}-${process.arch}`);
  if (existsSync(join(packaged, 'bin', 'node')) && isNewEnough(packageVersion(packaged))) return join(packaged, 'bin', 'node');
  const linked = join(modules, '.bin', 'node');
  if (!existsSync(linked)) return undefined;
  const { spawnSync } = await import('node:child_process');
  const { status, stdout } = spawnSync(linked, ['--version'], { encoding: 'utf8', timeout: 5000 });
  return status === 0 && isNewEnough(stdout.trim().replace(/^v/, '')) ? linked : undefined;
}

function packageVersion(directory) {
  try {
    return JSON.parse(readFileSync(`${directory}/package.json`, 'utf8')).version;
  } catch {
    return '0';
  }
}

function isNewEnough(version) {
  return Number.parseInt(version, 10) >= REQUIRED_MAJOR;
}

async function refuse() {
  const error = {
    code: 'SJ_NODE_UNSUPPORTED',
    title: 'Unsupported Node.js version',
    message: `this is Node.js ${process.versions.node}; supastor needs ${REQUIRED_MAJOR} or newer, and no such Node.js was found in node_modules`,
    hint: `install Node.js ${REQUIRED_MAJOR}, or run npm install without --omit=optional: it brings one along`,
  };
  const json = /(?:^|\s)(?:-o|--output)[=\s]?(?:nd)?json(?:\s|$)/.test(process.argv.slice(2).join(' '));
  process.stderr.write(json ? `${JSON.stringify({ error })}\n` : `error: ${error.title}: ${error.message}\nhint: ${error.hint}\n`);
  process.exitCode = UNSUPPORTED_EXIT_CODE;
}
