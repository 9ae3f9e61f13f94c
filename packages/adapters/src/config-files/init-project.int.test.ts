import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireSecrets } from '@supastor/core/secrets/require-secrets';
import { isSignedBy } from '@supastor/core/secrets/jwt';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { initConfigFile } from './init-config-file.ts';
import { initProject } from './init-project.ts';
import { loadProjectConfig } from './load-project-config.ts';

let dir: TempDir;
beforeEach(async () => {
  dir = await createTempDir('init');
});
afterEach(() => dir.remove());

const read = (name: string) => readFile(join(dir.path, name), 'utf8');
const write = (name: string, text: string) => writeFile(join(dir.path, name), text);
const load = (environment: string) => loadProjectConfig({ projectDir: dir.path, environment, env: {} });

describe('initProject', () => {
  test.each(['dev', 'prod'] as const)('makes a project whose configuration loads with every secret (%s)', async (mode) => {
    const result = await initProject({ projectDir: dir.path, mode, name: 'shop', ports: { storage: 25_000 } });
    const { config } = await load('default');
    expect(result.created).toEqual(['supastor.config.yaml', '.gitignore', '.supastor/config.schema.json', '.env']);
    expect([config.project.name, config.project.mode, config.storage.port]).toEqual(['shop', mode, 25_000]);
    const secrets = requireSecrets(config);
    expect(isSignedBy(secrets.anonKey.reveal(), secrets.jwtSecret.reveal())).toBe(true);
  });

  test('the development project has a production environment', async () => {
    await initProject({ projectDir: dir.path, mode: 'dev' });
    expect((await load('production')).config.project.mode).toBe('prod');
  });

  test('.env is for its owner only and git ignores it', async () => {
    await initProject({ projectDir: dir.path, mode: 'dev' });
    expect((await stat(join(dir.path, '.env'))).mode & 0o777).toBe(0o600);
    expect((await read('.gitignore')).split('\n')).toEqual(['.env', '.env.*', '!.env.example', '.supastor/', '']);
  });

  test('makes the directory when it is missing', async () => {
    const projectDir = join(dir.path, 'a', 'b');
    await initProject({ projectDir, mode: 'dev' });
    expect(await readdir(projectDir)).toContain('supastor.config.yaml');
  });

  test('run again it changes nothing', async () => {
    await initProject({ projectDir: dir.path, mode: 'dev' });
    const before = await read('.env');
    const result = await initProject({ projectDir: dir.path, mode: 'dev', force: true });
    expect([result.created, result.updated, result.generated]).toEqual([[], [], []]);
    expect(await read('.env')).toBe(before);
  });

  test('adds what is missing and keeps what is there, whatever name it goes by', async () => {
    await write('.env', `# mine\nexport AUTH_JWT_SECRET="${'k'.repeat(40)}"\nPOSTGRES_PASSWORD=my-own-password`);
    await write('.gitignore', 'dist\n.env');
    const result = await initProject({ projectDir: dir.path, mode: 'dev' });
    const env = await read('.env');
    expect(env.startsWith(`# mine\nexport AUTH_JWT_SECRET="${'k'.repeat(40)}"\nPOSTGRES_PASSWORD=my-own-password\n\n`)).toBe(true);
    expect(result.generated).not.toContain('JWT_SECRET');
    expect(result.updated).toEqual(['.gitignore', '.env']);
    expect((await stat(join(dir.path, '.env'))).mode & 0o077).toBe(0);
    expect(await read('.gitignore')).toBe('dist\n.env\n.env.*\n!.env.example\n.supastor/\n');
    const secrets = requireSecrets((await load('default')).config);
    expect(isSignedBy(secrets.anonKey.reveal(), 'k'.repeat(40))).toBe(true);
  });

  test('follows a secret that is kept in a file', async () => {
    await write('jwt.txt', `${'f'.repeat(40)}\n`);
    await write('.env', 'JWT_SECRET_FILE=jwt.txt\n');
    await initProject({ projectDir: dir.path, mode: 'dev' });
    const secrets = requireSecrets((await load('default')).config);
    expect(isSignedBy(secrets.serviceRoleKey.reveal(), 'f'.repeat(40))).toBe(true);
  });

  test('warns about keys that another secret signed', async () => {
    await initProject({ projectDir: dir.path, mode: 'dev' });
    await write('.env', (await read('.env')).replace(/^JWT_SECRET=.*\n/m, ''));
    const result = await initProject({ projectDir: dir.path, mode: 'dev' });
    expect(result.warnings).toHaveLength(2);
  });

  test('keeps an existing configuration; --force replaces it', async () => {
    await write('supastor.config.yaml', 'version: "1.0"\nenvironments:\n  default: {}\n');
    expect((await initProject({ projectDir: dir.path, mode: 'dev' })).kept).toContain('supastor.config.yaml');
    expect((await initProject({ projectDir: dir.path, mode: 'dev', force: true })).updated).toContain('supastor.config.yaml');
  });

  test('for production publicly known secrets are refused and nothing is written', async () => {
    await write('.env', 'POSTGRES_PASSWORD=your-super-secret-and-long-postgres-password\n');
    await expect(initProject({ projectDir: dir.path, mode: 'prod' })).rejects.toMatchObject({
      code: 'SJ_SECRETS_MISSING',
      meta: { known: ['POSTGRES_PASSWORD'] },
    });
    expect(await readdir(dir.path)).toEqual(['.env']);
  });

  test('a malformed .env is refused and nothing is written', async () => {
    await write('.env', 'what is this\n');
    await expect(initProject({ projectDir: dir.path, mode: 'dev' })).rejects.toMatchObject({ code: 'SJ_CONFIG_INVALID' });
    expect(await readdir(dir.path)).toEqual(['.env']);
  });

  test('a directory nobody can write is refused', async () => {
    await expect(initProject({ projectDir: '/sys/kernel', mode: 'dev' })).rejects.toMatchObject({ code: 'SJ_DIRECTORY_NOT_WRITABLE' });
  });

  test('when a file cannot be written nothing of the others stays', async () => {
    await write('.supastor', 'a file where a directory should be');
    await expect(initProject({ projectDir: dir.path, mode: 'dev' })).rejects.toMatchObject({ code: expect.stringMatching(/^SJ_/) });
    expect(await readdir(dir.path)).toEqual(['.supastor']);
  });

  test('when a directory stands where a file belongs nothing is written', async () => {
    await mkdir(join(dir.path, 'project'));
    await mkdir(join(dir.path, 'project', '.supastor', 'config.schema.json', 'x'), { recursive: true });
    await expect(initProject({ projectDir: join(dir.path, 'project'), mode: 'dev' })).rejects.toMatchObject({ code: 'SJ_CONFLICT' });
    expect(await readdir(join(dir.path, 'project'))).toEqual(['.supastor']);
  });
});

describe('initConfigFile', () => {
  test('writes the file and its schema, but no secrets', async () => {
    await initConfigFile({ projectDir: dir.path });
    expect((await readdir(dir.path)).toSorted()).toEqual(['.supastor', 'supastor.config.yaml']);
    expect(JSON.parse(await read('.supastor/config.schema.json'))).toMatchObject({ title: 'supastor.config.yaml' });
  });

  test('does not replace a file unless told to', async () => {
    await write('supastor.config.yaml', 'mine');
    await expect(initConfigFile({ projectDir: dir.path })).rejects.toMatchObject({ code: 'SJ_CONFIG_EXISTS' });
    expect(await read('supastor.config.yaml')).toBe('mine');
    await initConfigFile({ projectDir: dir.path, force: true });
    expect(await read('supastor.config.yaml')).not.toBe('mine');
  });
});
