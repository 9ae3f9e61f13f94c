// `npm run dev`: every server from source, restarted when its sources change, and the dashboard with hot module replacement.
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const node = process.execPath;
const cli = join(root, 'apps/cli/bin/supastor.mjs');
const env = { ...process.env, SUPASTOR_SOURCE: '1' };

const stack = spawn(node, [cli, 'up', '--dev', '--watch', ...process.argv.slice(2)], { cwd: process.cwd(), env, stdio: 'inherit' });
let dashboard;
const waiting = setInterval(startDashboard, 1000);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(signal));
stack.on('exit', (code) => {
  clearInterval(waiting);
  dashboard?.kill('SIGTERM');
  process.exitCode = code ?? 1;
});

/** Starts Vite once admin-api answers; it passes API calls on to it. */
function startDashboard() {
  const url = adminUrl();
  if (url === null) return;
  clearInterval(waiting);
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  dashboard = spawn(node, [vite, '--clearScreen', 'false'], {
    cwd: join(root, 'apps/dashboard'),
    env: { ...env, SUPASTOR_ADMIN_URL: url },
    stdio: 'inherit',
  });
}

function adminUrl() {
  const { status, stdout } = spawnSync(node, [cli, 'status', '-o', 'env'], { cwd: process.cwd(), env, encoding: 'utf8' });
  return status === 0 ? (/^ADMIN_URL=(.+)$/m.exec(stdout)?.[1] ?? null) : null;
}

function stop(signal) {
  dashboard?.kill('SIGTERM');
  // A terminal has sent its interrupt to the stack as well.
  if (signal !== 'SIGINT' || !process.stdin.isTTY) stack.kill(signal);
}
