import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { startTempPostgres, type TempPostgres } from '@supastor/testkit/harness/temp-postgres';
import { initProject } from '@supastor/adapters/config-files/init-project';
import { writeStartContext } from '@supastor/adapters/config-files/start-context';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AdminHarness, startAdminHarness } from './testing/admin-harness.ts';

const YAML = `version: "1.0"
environments:
  default:
    project:
      name: demo # ours
    storage:
      port: 5005
      fileSizeLimit: \${LIMIT}
    redis:
      url: redis://user:very-secret@127.0.0.1:6379
`;

let postgres: TempPostgres;
let dir: TempDir;
let admin: AdminHarness;
let token: string;
let count = 0;

beforeAll(async () => {
  postgres = await startTempPostgres();
});
afterAll(() => postgres.stop());
beforeEach(async () => {
  dir = await createTempDir('settings');
  await initProject({ projectDir: dir.path, mode: 'dev' });
  await writeFile(join(dir.path, 'supastor.config.yaml'), YAML);
  const contextFile = join(dir.path, 'start-context.json');
  await writeStartContext(contextFile, {
    env: { SUPASTOR_LOG_LEVEL: 'warn', LIMIT: '50MB' },
    flags: [{ path: 'project.mode', value: 'dev', flag: '--dev' }],
  });
  admin = await startAdminHarness({
    databaseUrl: await postgres.createDatabase(`settings_${(count += 1)}`),
    environment: 'default',
    projectDir: dir.path,
    startContextFile: contextFile,
  });
  token = await admin.login();
});
afterEach(async () => {
  await admin.stop();
  await dir.remove();
});

const call = (method: string, path: string, body?: unknown) => admin.call(method, `/api/v1/settings${path}`, { token, body });
const file = () => readFile(join(dir.path, 'supastor.config.yaml'), 'utf8');

describe('settings', () => {
  it('lists every setting with its value and where that came from, and no secret', async () => {
    const { body } = await call('GET', '');
    const find = (path: string) => body.settings.find((setting: { readonly path: string }) => setting.path === path);
    expect(body).toMatchObject({ environment: 'default', file: 'supastor.config.yaml', readOnly: null });
    expect(find('storage.port')).toMatchObject({
      value: '5005',
      source: { kind: 'yaml', line: 7 },
      inFile: true,
      locked: null,
      restarts: ['storage', 'admin'],
    });
    expect(find('storage.port').overrode).toMatchObject([{ value: '5000', source: { kind: 'default' } }]);
    expect(find('storage.fileSizeLimit')).toMatchObject({ value: '50000000', source: { kind: 'yaml' } });
    expect(find('storage.host')).toMatchObject({ value: '127.0.0.1', source: { kind: 'default' }, inFile: false });
    expect(find('logging.level')).toMatchObject({
      source: { kind: 'env', name: 'SUPASTOR_LOG_LEVEL' },
      options: expect.arrayContaining(['warn']),
    });
    expect(find('logging.level').locked).toContain('SUPASTOR_LOG_LEVEL');
    expect(find('project.mode').locked).toContain('--dev');
    expect(find('auth.jwtSecret')).toMatchObject({ value: '***', secret: true, source: { kind: 'dotenv', file: '.env' } });
    expect(JSON.stringify(body)).not.toContain('very-secret');
  });

  it('sets a value in the file, comments and all, and says which services have to be restarted', async () => {
    const checked = await call('POST', '/storage.port/check', { value: '5010' });
    expect(checked.body.change).toMatchObject({
      diff: [{ line: 7, before: '      port: 5005', after: '      port: 5010' }],
      restarts: ['storage', 'admin'],
    });
    expect(await file()).toBe(YAML);
    const { status, body } = await call('PUT', '/storage.port', { value: '5010' });
    expect({ status, body }).toMatchObject({ status: 200, body: { setting: { value: '5010' }, restarts: ['storage', 'admin'] } });
    expect(await file()).toBe(YAML.replace('5005', '5010'));
    const mode = (await stat(join(dir.path, 'supastor.config.yaml'))).mode & 0o777;
    expect(mode).toBe(0o644);
    const { body: unset } = await call('DELETE', '/storage.port', {});
    expect(unset.setting).toMatchObject({ value: '5000', source: { kind: 'default' }, inFile: false });
    const { body: audit } = await admin.call('GET', '/api/v1/audit?operation=settings.set', { token });
    expect(audit.entries[0]).toMatchObject({ operation: 'settings.set', before: { value: '5005' }, after: { value: '5010' } });
  });

  it.each([
    ['storage.port', 'many', 400, 'storage.port: expected a whole number'],
    ['logging.maxFiles', '0', 400, 'logging.maxFiles'],
    ['storage.backend', 'moon', 400, 'expected one of file, s3'],
    ['project.target', 'docker', 409, 'Another target is another stack'],
    ['storage.backend', 's3', 400, 'is needed when storage.backend is s3'],
    ['storage.port', '8080', 400, 'port 8080 is used by'],
    ['storage.filePath', '${DATABASE_URL}', 400, 'variables cannot be set here'],
    ['logging.level', 'debug', 409, 'The variable SUPASTOR_LOG_LEVEL'],
    ['project.mode', 'prod', 409, 'The flag --dev'],
    ['auth.jwtSecret', 'x'.repeat(40), 409, 'Secrets are kept in .env'],
    ['redis.url', 'redis://127.0.0.1:1', 409, 'Secrets are kept in .env'],
    ['storage.prot', '1', 404, 'There is no setting "storage.prot"'],
  ])('%s = %s is refused with the reason, and nothing is written', async (path, value, status, detail) => {
    const check = await call('POST', `/${path}/check`, { value });
    if (status === 404) expect(check.status).toBe(404);
    else expect(check).toMatchObject({ status: 200, body: { problem: expect.stringContaining(detail), change: null } });
    expect(await call('PUT', `/${path}`, { value })).toMatchObject({ status, body: { detail: expect.stringContaining(detail) } });
    expect(await file()).toBe(YAML);
  });

  it('does not take out what the file does not hold', async () => {
    expect(await call('DELETE', '/storage.host', {})).toMatchObject({ status: 409, body: { hint: 'It has its default value.' } });
  });

  it('refuses a change that was made up from another state of the file', async () => {
    const { body: before } = await call('GET', '/storage.port');
    await writeFile(join(dir.path, 'supastor.config.yaml'), `# edited\n${YAML}`);
    const stale = await call('PUT', '/storage.port', { value: '5010', revision: before.revision });
    expect(stale).toMatchObject({ status: 412, body: { code: 'SJ_PRECONDITION_FAILED' } });
    const withTag = await fetch(`${admin.url}/api/v1/settings/storage.port`, {
      method: 'PUT',
      body: '{"value":"5010"}',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '"another"' },
    });
    expect(withTag.status).toBe(412);
    expect(await file()).toBe(`# edited\n${YAML}`);
  });

  it('changes that come at once are all made', async () => {
    const values: readonly (readonly [string, string])[] = [
      ['storage.port', '5010'],
      ['storage.images.maxSide', '100'],
      ['admin.port', '8099'],
      ['restart.maxRestarts', '7'],
      ['auth.roles', 'anon, other'],
    ];
    const answers = await Promise.all(values.map(([path, value]) => call('PUT', `/${path}`, { value })));
    expect(answers.map(({ status }) => status)).toEqual(values.map(() => 200));
    const { body } = await call('GET', '');
    const now = values.map(([path]) => body.settings.find((setting: { readonly path: string }) => setting.path === path).value);
    expect(now).toEqual(['5010', '100', '8099', '7', 'anon,other']);
    expect(await file()).toContain('name: demo # ours');
  });

  it('a file that is broken is named, with every mistake', async () => {
    await writeFile(join(dir.path, 'supastor.config.yaml'), YAML.replace('port: 5005', 'prot: 5005'));
    expect(await call('GET', '')).toMatchObject({
      status: 400,
      body: { code: 'SJ_CONFIG_INVALID', detail: expect.stringContaining('prot') },
    });
  });
});

it('without a project on this machine, nothing can be changed, and the reason is said', async () => {
  const plain = await startAdminHarness({ databaseUrl: await postgres.createDatabase('plain') });
  try {
    const owner = await plain.login();
    const list = await plain.call('GET', '/api/v1/settings', { token: owner });
    expect(list.body).toMatchObject({ file: null, settings: [], readOnly: expect.stringContaining('was not started from a project') });
    const set = await plain.call('PUT', '/api/v1/settings/storage.port', { token: owner, body: { value: '1' } });
    expect(set).toMatchObject({ status: 409, body: { code: 'SJ_CONFLICT' } });
  } finally {
    await plain.stop();
  }
});
