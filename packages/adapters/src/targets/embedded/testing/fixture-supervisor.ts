import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { stackPaths } from '../files/paths.ts';
import { runSupervisor } from '../supervisor/run-supervisor.ts';

// The supervisor as its own process, with fixtures in place of our servers. Arguments: project directory, bytes per log file.
process.umask(0o077);
const [projectDir = '', maxFileBytes = '1000000'] = process.argv.slice(2);
const entry = (name: string) => ({
  file: join(import.meta.dirname, 'fixture-service.ts'),
  watch: false,
  nodeFlags: [],
  environment: { FIXTURE_NAME: name, FIXTURE_DIR: projectDir },
});
const supervisor = await runSupervisor({
  paths: stackPaths(projectDir, 'default'),
  host: { uid: userInfo().uid, xdgRuntimeDir: undefined, tmpDir: tmpdir() },
  limits: { maxFileBytes: Number(maxFileBytes), maxFiles: 3 },
  entries: { storage: entry('storage'), meta: entry('meta'), admin: entry('admin'), mock: entry('mock') },
  nodePath: process.execPath,
  baseEnvironment: { PATH: '/usr/bin:/bin' },
  log: (level, msg, fields) => process.stdout.write(`${JSON.stringify({ level, msg, ...fields })}\n`),
});
process.on('SIGTERM', () => void supervisor.stop());
await supervisor.finished;
process.exit(0);
