import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VERSION } from '@supastor/contract/version';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BIN, finished, runCli, startCli } from './testing/run-cli.ts';

/** The machine's own Node, when it is one that is too old for us. */
const OLD_NODE = ['/usr/bin/node', '/usr/local/bin/node'].find((path) =>
  /^v(?:18|20|22)\./.test(spawnSync(path, ['-v'], { encoding: 'utf8' }).stdout ?? ''),
);

const MAKE_FIFO = 'mkfifo';
/** Stands in for a Node that is new enough: says when it runs, and answers SIGTERM with an exit code of its own. */
const FAKE_NODE = '#!/bin/sh\ntrap "exit 42" TERM\necho ready\nwhile :; do sleep 0.05; done\n';

let dir: TempDir;
beforeEach(async () => {
  dir = await createTempDir('cli');
});
afterEach(() => dir.remove());

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => runCli(args, { cwd: dir.path, env });
const write = (name: string, text: string) => writeFile(join(dir.path, name), text);

describe('the entry', () => {
  test.each(['--version', '-V'])('%s prints the version and nothing else', async (flag) => {
    expect(await run([flag])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  test('the version of the package is the one in the contract', async () => {
    const manifest: unknown = JSON.parse(await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ version: VERSION });
  });

  test('without arguments, and with --help, it shows the commands on stdout', async () => {
    for (const args of [[], ['--help'], ['help']]) {
      const { code, stdout, stderr } = await run(args);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/init .*\n[\s\S]*config .*\n[\s\S]*doctor /);
    }
  });

  test.skipIf(OLD_NODE === undefined)('on a Node that is too old it goes on with the one npm brought', async () => {
    const result = await runCli(['version', '-o', 'json'], { cwd: dir.path, node: OLD_NODE ?? '' });
    expect(result.code).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({ node: expect.stringMatching(/^(?:2[4-9]|[3-9]\d)\./) });
  });

  test.skipIf(OLD_NODE === undefined)('on a Node that is too old, with no other in reach, it says what is needed', async () => {
    const result = await runCli(['version'], { cwd: dir.path, node: OLD_NODE ?? '', env: { SUPASTOR_NODE_REEXEC: '1' } });
    expect([result.code, result.stdout]).toEqual([7, '']);
    expect(result.stderr).toContain('Unsupported Node.js version');
    expect(result.stderr).toContain('hint: install Node.js 24');
  });
});

describe('usage errors', () => {
  test.each([
    [['confg'], 'did you mean config?'],
    [['config', 'shw'], 'did you mean show?'],
    [['init', '--frce'], 'did you mean --force?'],
    [['init', '--name'], ''],
    [['config'], ''],
    [['version', 'extra'], ''],
    [['--set', 'nonsense', 'version'], ''],
    [['init', '--dev', '--prod'], ''],
    [['init', '--name', 'Not Valid'], 'lower-case'],
    [['version', '--output', 'xml'], '--output text|json|ndjson'],
  ])('%j ends with 2', async (args, hint) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('error: Wrong usage (SJ_USAGE)');
    expect(stderr).toContain(hint);
  });
});

describe('errors', () => {
  test('as text: title, message and hint on stderr', async () => {
    expect(await run(['config', 'show'])).toEqual({
      code: 5,
      stdout: '',
      stderr: `error: No configuration found (SJ_CONFIG_NOT_FOUND)\nthere is no supastor.config.yaml in ${dir.path}\nhint: run \`supastor init --dev\` there, or name the project with --project-dir\n`,
    });
  });

  test.each(['json', 'ndjson'])('as %s: one line on stderr, nothing on stdout', async (format) => {
    const { code, stdout, stderr } = await run(['config', 'show', '--output', format]);
    expect([code, stdout, stderr.trim().split('\n').length]).toEqual([5, '', 1]);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'SJ_CONFIG_NOT_FOUND', hint: expect.any(String) } });
  });

  test('usage errors follow the format too, wherever it stands', async () => {
    for (const args of [
      ['-o', 'json', 'confg'],
      ['confg', '--output=json'],
      ['init', '-ojson', '--frce'],
    ]) {
      expect(JSON.parse((await run(args)).stderr)).toMatchObject({ error: { code: 'SJ_USAGE' } });
    }
  });

  test('all mistakes of the configuration arrive with positions', async () => {
    await write('supastor.config.yaml', 'version: "1.0"\nenvironments:\n  default:\n    storage:\n      prot: 1\n      backend: s4\n');
    const { code, stderr } = await run(['config', 'validate', '-o', 'json']);
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({
      error: {
        code: 'SJ_CONFIG_INVALID',
        meta: {
          mistakes: [
            { line: 5, column: 7, suggestion: 'port' },
            { line: 6, column: 16, suggestion: 's3' },
          ],
        },
      },
    });
    expect((await run(['config', 'validate'])).stderr).toContain('  5 |       prot: 1\n    |       ^\n');
  });
});

const coloured = (text: string) => text.includes('\u001B[');

describe('output', () => {
  test('colours come when they are forced and go with NO_COLOR and --no-color', async () => {
    expect(coloured((await run(['confg'])).stderr)).toBe(false);
    expect(coloured((await run(['confg'], { FORCE_COLOR: '1' })).stderr)).toBe(true);
    expect(coloured((await run(['confg'], { FORCE_COLOR: '1', NO_COLOR: '1' })).stderr)).toBe(false);
    expect(coloured((await run(['--no-color', 'confg'], { FORCE_COLOR: '1' })).stderr)).toBe(false);
  });

  test('a reader that goes away is no failure', async () => {
    const child = startCli(['config', 'schema'], { cwd: dir.path });
    child.stdout?.destroy();
    expect(await finished(child)).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a command with 130', async (signal) => {
    await write('supastor.config.yaml', 'version: "1.0"\nenvironments:\n  default: {}\n');
    const fifo = join(dir.path, '.env');
    execFileSync(MAKE_FIFO, [fifo]);
    const child = startCli(['config', 'show', '-o', 'json'], { cwd: dir.path });
    const end = finished(child);
    // Opening waits until the command reads its .env; then the command waits for us.
    const writer = await open(fifo, 'w');
    child.kill(signal);
    await writer.writeFile('A=1\n');
    await writer.close();
    const { code, stdout, stderr } = await end;
    expect([code, stdout]).toEqual([130, '']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'SJ_INTERRUPTED', message: `stopped by ${signal}` } });
  });

  test.skipIf(OLD_NODE === undefined)('they reach the program that runs on another Node, and its exit code comes back', async () => {
    const packaged = join(dir.path, 'node_modules', `node-${process.platform}-${process.arch}`);
    await mkdir(join(packaged, 'bin'), { recursive: true });
    await writeFile(join(packaged, 'package.json'), '{"version":"24.0.0"}');
    await writeFile(join(packaged, 'bin', 'node'), FAKE_NODE, { mode: 0o755 });
    await mkdir(join(dir.path, 'bin'));
    await copyFile(BIN, join(dir.path, 'bin', 'supastor.mjs'));
    const child = spawn(OLD_NODE ?? '', [join(dir.path, 'bin', 'supastor.mjs'), 'up'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const end = finished(child);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await end).toEqual({ code: 42, stdout: 'ready\n', stderr: '' });
  });
});
