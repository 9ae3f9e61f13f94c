import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadProjectConfig } from './load-project-config.ts';

const EXAMPLE = `# supastor.config.yaml
version: "1.0"
environments:
  default:
    postgres:
      host: localhost
      port: 5432
    storage:
      endpoint: http://localhost:5000
  production:
    extends: default
    postgres:
      host: \${POSTGRES_HOST}
      ssl: true
`;

let dir: TempDir;
beforeEach(async () => {
  dir = await createTempDir('config');
});
afterEach(() => dir.remove());

const write = (name: string, text: string) => writeFile(join(dir.path, name), text);
const load = (environment: string | null, env: Readonly<Record<string, string>> = {}) =>
  loadProjectConfig({ projectDir: dir.path, environment, env });

describe('the example of the specification', () => {
  test('loads in its default environment', async () => {
    await write('supastor.config.yaml', EXAMPLE);
    const { config, environment, environments } = await load(null);
    expect([environment, environments]).toEqual(['default', ['default', 'production']]);
    expect([config.postgres.host, config.postgres.port, config.postgres.ssl]).toEqual(['localhost', 5432, false]);
    expect(config.storage.endpoint).toBe('http://localhost:5000');
  });

  test('loads for production with the host from .env.production', async () => {
    await write('supastor.config.yaml', EXAMPLE);
    await write('.env', 'POSTGRES_HOST=weaker');
    await write('.env.production', 'POSTGRES_HOST=db.example.com');
    const { config, provenance, files } = await load('production');
    expect([config.postgres.host, config.postgres.ssl]).toEqual(['db.example.com', true]);
    expect(provenance.get('postgres.host')?.source).toEqual({
      kind: 'yaml',
      name: 'production',
      file: 'supastor.config.yaml',
      line: 13,
      column: 13,
    });
    expect(files.map((file) => file.slice(dir.path.length + 1))).toEqual(['supastor.config.yaml', '.env', '.env.production']);
  });

  test('without the variable production is refused at its place, with the line', async () => {
    await write('supastor.config.yaml', EXAMPLE);
    await expect(load('production')).rejects.toMatchObject({
      code: 'SJ_CONFIG_INVALID',
      message: expect.stringContaining('supastor.config.yaml:13:13  postgres.host: variable POSTGRES_HOST is not set'),
      meta: { mistakes: [expect.objectContaining({ line: 13, column: 13, path: 'postgres.host' })] },
    });
  });
});

describe('loadProjectConfig', () => {
  test('says what to do when there is no file', async () => {
    await expect(load(null)).rejects.toMatchObject({ code: 'SJ_CONFIG_NOT_FOUND', hint: expect.stringContaining('supastor init --dev') });
  });

  test('takes the only environment when none is called default', async () => {
    await write('supastor.config.yaml', 'version: "1.0"\nenvironments:\n  staging: {}\n');
    expect((await load(null)).environment).toBe('staging');
  });

  test('reports mistakes of the YAML and of the environment files together', async () => {
    await write('supastor.config.yaml', 'version: "1.0"\nenvironments:\n  default:\n    storage:\n      prot: 1\n');
    await write('.env', 'GOOD=1\nbad line\n');
    await expect(load(null)).rejects.toMatchObject({
      meta: {
        mistakes: [
          expect.objectContaining({ file: '.env', line: 2, column: 1 }),
          expect.objectContaining({ file: 'supastor.config.yaml', line: 5, column: 7, suggestion: 'port' }),
        ],
      },
    });
  });

  test('reads secrets from the files that <NAME>_FILE names, relative to the project', async () => {
    await write('supastor.config.yaml', 'version: "1.0"\nenvironments:\n  default: {}\n');
    await write('.env', 'JWT_SECRET_FILE=jwt.txt');
    await write('jwt.txt', `${'j'.repeat(40)}\n`);
    const { config, files, provenance } = await load(null);
    expect(config.auth.jwtSecret?.reveal()).toBe('j'.repeat(40));
    expect(files).toContain(join(dir.path, 'jwt.txt'));
    expect(provenance.get('auth.jwtSecret')?.source.name).toBe('JWT_SECRET_FILE');
  });

  test('an environment name cannot lead out of the project', async () => {
    await write('supastor.config.yaml', EXAMPLE);
    await expect(load('../../etc/passwd')).rejects.toMatchObject({ code: 'SJ_ENVIRONMENT_UNKNOWN' });
  });

  test('a key without values means nothing is set', async () => {
    await write('supastor.config.yaml', 'version: "1.0"\nenvironments:\n  default:\n    storage:\n      port:\n');
    expect((await load(null)).config.storage.port).toBe(5000);
  });
});
