import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../testing/run-cli.ts';

const YAML = `version: "1.0"
environments:
  default:
    storage:
      port: 25001
    admin:
      password: \${ADMIN_PW}
  production:
    extends: default
    project:
      mode: prod
`;

let dir: TempDir;
beforeEach(async () => {
  dir = await createTempDir('config');
  await writeFile(join(dir.path, 'supastor.config.yaml'), YAML);
  await writeFile(join(dir.path, '.env'), 'ADMIN_PW="plain as day"\nSUPASTOR_STORAGE_PORT=25002\n');
});
afterEach(() => dir.remove());

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => runCli(args, { cwd: dir.path, env });

describe('config show', () => {
  test('prints YAML with secrets masked', async () => {
    const { code, stdout } = await run(['config', 'show']);
    expect(code).toBe(0);
    expect(stdout).toContain('# environment default\n');
    expect(stdout).toContain('  port: 25001\n');
    expect(stdout).toContain('  password: "***"\n');
    expect(stdout).not.toContain('plain as day');
  });

  test('prints one JSON document; --show-secrets reveals', async () => {
    const { stdout } = await run(['config', 'show', '--show-secrets', '-e', 'production', '-o', 'ndjson']);
    expect(JSON.parse(stdout)).toMatchObject({
      environment: 'production',
      config: { project: { mode: 'prod' }, admin: { password: 'plain as day' } },
    });
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  test('SUPASTOR_ENV chooses the environment, --env is stronger', async () => {
    const env = { SUPASTOR_ENV: 'production' };
    expect((await run(['config', 'show'], env)).stdout).toContain('# environment production\n');
    expect((await run(['config', 'show', '--env', 'default'], env)).stdout).toContain('# environment default\n');
  });

  test('works from elsewhere with --project-dir', async () => {
    const { code } = await runCli(['config', 'show', '--project-dir', dir.path], { cwd: '/' });
    expect(code).toBe(0);
  });
});

describe('config explain', () => {
  test('says where a value came from and what it overrode', async () => {
    const { stdout } = await run(['config', 'explain', 'storage.port']);
    expect(stdout).toBe(
      [
        'storage.port = 25001',
        '  from      supastor.config.yaml:5 (environment default)',
        '  overrode  25002 from .env:2 (SUPASTOR_STORAGE_PORT)',
        '  overrode  5000 from default',
        '',
      ].join('\n'),
    );
  });

  test('a flag wins, then a variable', async () => {
    const env = { SUPASTOR_STORAGE_PORT: '25003' };
    expect((await run(['config', 'explain', 'storage.port'], env)).stdout).toContain(
      '= 25003\n  from      variable SUPASTOR_STORAGE_PORT\n',
    );
    expect((await run(['--set', 'storage.port=25004', 'config', 'explain', 'storage.port'], env)).stdout).toContain(
      '= 25004\n  from      flag --set storage.port\n',
    );
  });

  test('a block lists all its settings, secrets masked', async () => {
    const { stdout } = await run(['config', 'explain', 'admin', '-o', 'json']);
    const explained: unknown = JSON.parse(stdout);
    expect(explained).toMatchObject({
      environment: 'default',
      settings: expect.arrayContaining([
        expect.objectContaining({
          path: 'admin.password',
          secret: true,
          shown: '***',
          source: expect.objectContaining({ kind: 'yaml', line: 7 }),
        }),
      ]),
    });
    expect(stdout).not.toContain('plain as day');
  });

  test('an unknown setting ends with 5 and the nearest name', async () => {
    const { code, stderr } = await run(['config', 'explain', 'storage.prot']);
    expect(code).toBe(5);
    expect(stderr).toContain('did you mean storage.port?');
  });
});

describe('config validate', () => {
  test('says that all is well, and which secrets are not set yet', async () => {
    const { code, stdout, stderr } = await run(['config', 'validate', '--all']);
    expect([code, stdout]).toEqual([0, 'valid environment default (dev)\nvalid environment production (prod)\n']);
    expect(stderr).toContain('warning: environment default: not set yet: POSTGRES_PASSWORD');
  });

  test('publicly known secrets are refused for production only', async () => {
    const env = { POSTGRES_PASSWORD: 'postgres' };
    expect((await run(['config', 'validate'], env)).code).toBe(0);
    expect(await run(['config', 'validate', '-e', 'production'], env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('postgres.password'),
    });
  });

  test('an unknown environment ends with 5', async () => {
    expect(await run(['config', 'validate', '-e', 'prodction'])).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('--env production?'),
    });
  });
});

describe('config schema and config init', () => {
  test('print and write the same schema', async () => {
    const { stdout } = await run(['config', 'schema']);
    expect((await run(['config', 'init', '--force', '--name', 'shop'])).code).toBe(0);
    expect(await readFile(join(dir.path, '.supastor', 'config.schema.json'), 'utf8')).toBe(stdout);
    expect(await readFile(join(dir.path, 'supastor.config.yaml'), 'utf8')).toContain('name: shop');
  });

  test('an existing file is kept: exit code 6', async () => {
    expect((await run(['config', 'init'])).code).toBe(6);
    expect((await readdir(dir.path)).toSorted()).toEqual(['.env', 'supastor.config.yaml']);
  });
});
