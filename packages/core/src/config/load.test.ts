import { parseSsoProviders } from '@supastor/contract/config/sso';
import { SupastorError } from '@supastor/contract/errors';
import { describe, expect, test } from 'vitest';
import type { SecretFile } from './candidates.ts';
import { parseDotenv } from './dotenv.ts';
import { changedPaths, resolveConfig, type ResolveInput } from './load.ts';
import type { ConfigNode } from './node.ts';

/** Plain data as nodes; every node stands on its own line. */
function nodeOf(value: unknown): ConfigNode {
  let line = 0;
  const convert = (part: unknown): ConfigNode => {
    line += 1;
    const at = { line, column: 1 };
    if (Array.isArray(part)) return { kind: 'list', items: part.map(convert), at };
    if (typeof part === 'object' && part !== null) {
      return {
        kind: 'map',
        entries: Object.entries(part).map(([key, child]) => ({ key, at: { line: line + 1, column: 1 }, value: convert(child) })),
        at,
      };
    }
    if (typeof part === 'string' || typeof part === 'number' || typeof part === 'boolean') return { kind: 'scalar', value: part, at };
    return { kind: 'scalar', value: null, at };
  };
  return convert(value);
}

function input(environments: unknown, more: Partial<ResolveInput> = {}): ResolveInput {
  const root = nodeOf({ version: '1.0', environments });
  return {
    file: { file: 'supastor.config.yaml', text: '', root, mistakes: [] },
    dotenv: [],
    env: {},
    flags: [],
    environment: 'default',
    readSecretFile: () => undefined,
    ...more,
  };
}

function dotenv(file: string, text: string): ResolveInput['dotenv'][number] {
  return { file, ...parseDotenv(text) };
}

function mistakesOf(given: ResolveInput): readonly string[] {
  try {
    resolveConfig(given);
  } catch (error) {
    if (error instanceof SupastorError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}

const withMocks = (more: Partial<ResolveInput> = {}, environment = {}) =>
  mistakesOf(input({ default: environment }, { env: { SUPASTOR_MOCKS: 'smtp,s3' }, ...more }));

describe('mocks', () => {
  test('are for development, beside processes of this machine', () => {
    expect(withMocks()).toEqual([]);
    expect(withMocks({}, { project: { mode: 'prod' } }).join()).toContain('mocks are for development: run supastor up --dev');
    expect(withMocks({}, { project: { target: 'docker' } }).join()).toContain('not on the target docker');
    const external = { postgres: { managed: false, host: 'db', password: 'x', storagePassword: 'x' } };
    expect(withMocks({}, external).join()).toContain('set postgres.managed');
  });

  test('have names; others are refused with the list of them', () => {
    const flags = [{ path: 'mocks.enabled', value: 'smtp,ftp', flag: '--mocks' }];
    expect(withMocks({ flags }).join()).toContain('there is no mock "ftp"; there are smtp, oidc, webhooks, s3, or all');
  });

  test('do not take a port that another service of the stack wants', () => {
    expect(withMocks({}, { admin: { port: 8025 } }).join()).toContain('port 8025 is used by admin.port already');
  });
});

describe('the strength of sources', () => {
  const base = { default: { storage: { port: 3 } } };
  const files = [dotenv('.env', 'SUPASTOR_STORAGE_PORT=1'), dotenv('.env.default', 'SUPASTOR_STORAGE_PORT=2')];
  const env = { SUPASTOR_STORAGE_PORT: '4' };
  const flags = [{ path: 'storage.port', value: '5', flag: '--set storage.port' }];

  test('a default is what nothing overrides', () => {
    expect(resolveConfig(input({ default: {} })).config.storage.port).toBe(5000);
  });

  test('.env.<environment> beats .env', () => {
    expect(resolveConfig(input({ default: {} }, { dotenv: files })).config.storage.port).toBe(2);
  });

  test('YAML beats environment files', () => {
    expect(resolveConfig(input(base, { dotenv: files })).config.storage.port).toBe(3);
  });

  test('environment variables beat YAML', () => {
    expect(resolveConfig(input(base, { dotenv: files, env })).config.storage.port).toBe(4);
  });

  test('flags beat all, and the provenance remembers everything', () => {
    const { config, provenance } = resolveConfig(input(base, { dotenv: files, env, flags }));
    const entry = provenance.get('storage.port');
    expect(config.storage.port).toBe(5);
    expect(entry?.source.kind).toBe('flag');
    expect(entry?.overrode.map(({ source }) => [source.kind, source.name, source.file])).toEqual([
      ['env', 'SUPASTOR_STORAGE_PORT', null],
      ['yaml', 'default', 'supastor.config.yaml'],
      ['dotenv', 'SUPASTOR_STORAGE_PORT', '.env.default'],
      ['dotenv', 'SUPASTOR_STORAGE_PORT', '.env'],
      ['default', null, null],
    ]);
  });

  test('of several environment names the first is the strongest', () => {
    const both = { POSTGRES_HOST: 'weak', SUPASTOR_POSTGRES_HOST: 'strong' };
    expect(resolveConfig(input({ default: {} }, { env: both })).config.postgres.host).toBe('strong');
  });

  test('an empty variable sets nothing', () => {
    expect(resolveConfig(input({ default: {} }, { env: { POSTGRES_HOST: '' } })).config.postgres.host).toBe('127.0.0.1');
  });
});

describe('extends', () => {
  test('a child starts from its parents, nearest strongest', () => {
    const environments = {
      default: { storage: { port: 1, host: 'a' }, admin: { port: 9 } },
      staging: { extends: 'default', storage: { port: 2 } },
      production: { extends: 'staging', storage: { host: 'c' } },
    };
    const { config } = resolveConfig(input(environments, { environment: 'production' }));
    expect([config.storage.port, config.storage.host, config.admin.port]).toEqual([2, 'c', 9]);
  });

  test('a circle is refused once, with its way', () => {
    const environments = { default: { extends: 'a' }, a: { extends: 'b' }, b: { extends: 'a' } };
    const found = mistakesOf(input(environments));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('extend each other in a circle: a -> b -> a');
  });

  test('an environment may not extend itself', () => {
    expect(mistakesOf(input({ default: { extends: 'default' } }))[0]).toContain('default -> default');
  });

  test('an unknown parent is refused with the nearest name', () => {
    expect(mistakesOf(input({ default: {}, prod: { extends: 'defualt' } }))[0]).toContain(
      'unknown environment "defualt" (did you mean "default"?)',
    );
  });

  test('an environment nobody declared is its own error', () => {
    expect(() => resolveConfig(input({ default: {}, production: {} }, { environment: 'prodction' }))).toThrow(
      expect.objectContaining({ code: 'SJ_ENVIRONMENT_UNKNOWN', hint: 'did you mean --env production?' }),
    );
  });
});

describe('variables', () => {
  const environments = { default: { postgres: { host: '${DB_HOST}', port: '${DB_PORT:-6000}' } } };

  test('are filled in from environment files and, stronger, the process', () => {
    const given = input(environments, { dotenv: [dotenv('.env', 'DB_HOST=file\nDB_PORT=1')], env: { DB_HOST: 'process' } });
    const { postgres } = resolveConfig(given).config;
    expect([postgres.host, postgres.port]).toEqual(['process', 1]);
  });

  test('a missing one is a mistake', () => {
    expect(mistakesOf(input(environments))[0]).toContain('postgres.host: variable DB_HOST is not set');
  });

  test('a missing one does not matter in an environment that is not used', () => {
    const given = input({ default: {}, production: { extends: 'default', postgres: { host: '${POSTGRES_HOST}' } } });
    expect(resolveConfig(given).config.postgres.host).toBe('127.0.0.1');
  });

  test('a missing one does not matter where a stronger source sets the value', () => {
    expect(resolveConfig(input(environments, { env: { POSTGRES_HOST: 'set' } })).config.postgres.host).toBe('set');
  });
});

describe('secrets', () => {
  const password = 'correct horse battery';

  test('are masked in the provenance and in every rendering', () => {
    const resolved = resolveConfig(input({ default: { admin: { password } } }, { env: { SUPASTOR_ADMIN_PASSWORD: 'another long one' } }));
    const everything = JSON.stringify([resolved.config, [...resolved.provenance.values()]]);
    expect(everything).not.toContain(password);
    expect(everything).not.toContain('another long one');
    expect(resolved.config.admin.password?.reveal()).toBe('another long one');
  });

  test('may be read from a file; its last line break is not part of them', () => {
    const files: Readonly<Record<string, SecretFile>> = { '/run/secrets/admin': { content: `${password}\n` } };
    const given = input(
      { default: {} },
      { env: { SUPASTOR_ADMIN_PASSWORD_FILE: '/run/secrets/admin' }, readSecretFile: (path) => files[path] },
    );
    expect(resolveConfig(given).config.admin.password?.reveal()).toBe(password);
  });

  test('a file that cannot be read is a mistake', () => {
    const given = input({ default: {} }, { env: { JWT_SECRET_FILE: '/nowhere' }, readSecretFile: () => ({ error: 'ENOENT' }) });
    expect(mistakesOf(given)[0]).toContain('auth.jwtSecret: cannot read /nowhere: ENOENT');
  });

  test('of providers of single sign-on may be variables, and are as hidden as the rest', () => {
    const provider = { id: 'corp', name: 'Corp', issuer: 'https://login.example.org', clientId: 'c', clientSecret: '${CORP_SECRET}' };
    const sso = (changes: object) =>
      input({ default: { access: { sso: [{ ...provider, ...changes }] } } }, { env: { CORP_SECRET: password } });
    const { config, provenance } = resolveConfig(sso({ roles: [{ group: 'ops', role: 'operator' }] }));
    expect(JSON.stringify([config, [...provenance.values()]])).not.toContain(password);
    expect(parseSsoProviders(config.access.sso?.reveal() ?? '')).toMatchObject([
      {
        id: 'corp',
        clientSecret: password,
        createUsers: false,
        linkUsers: false,
        allowPrivate: false,
        roles: [{ role: 'operator', scope: {} }],
      },
    ]);
    const found = mistakesOf(sso({ issuer: 'login', roles: [{ group: 'ops' }], extra: 1 })).join('\n');
    expect(found).not.toContain(password);
    expect(found).toContain('0.issuer: expected a URL');
    expect(found).toContain('0.roles.0.role');
    expect(found).toContain('"extra"');
  });

  test('a wrong secret is not repeated in the mistake', () => {
    expect(mistakesOf(input({ default: {} }, { env: { JWT_SECRET: 'tooshort' } })).join('\n')).not.toContain('tooshort');
  });
});

describe('mistakes', () => {
  test('of all sources are reported at once', () => {
    const given = input(
      { default: { storage: { prot: 1, backend: 's4' }, stroage: {} }, production: { extends: 'default', meta: { port: 'x' } } },
      {
        dotenv: [dotenv('.env', 'what')],
        env: { SUPASTOR_MODE: 'porduction' },
        flags: [{ path: 'storage.prot', value: 1, flag: '--set storage.prot' }],
      },
    );
    const found = mistakesOf(given).join('\n');
    expect(found).toContain('unknown key "prot" (did you mean "port"?)');
    expect(found).toContain('unknown key "stroage" (did you mean "storage"?)');
    expect(found).toContain('storage.backend: expected one of file, s3 (did you mean "s3"?)');
    expect(found).toContain('meta.port: expected a whole number');
    expect(found).toContain('.env:1:1  expected NAME=value');
    expect(found).toContain('project.mode: expected one of dev, prod (from variable SUPASTOR_MODE)');
    expect(found).toContain('--set storage.prot: unknown setting "storage.prot" (did you mean "storage.port"?)');
    expect(mistakesOf(given)).toHaveLength(7);
  });

  test('a key that belongs elsewhere is sent home', () => {
    expect(mistakesOf(input({ default: { postgres: { jwtSecret: 'x' } } }))[0]).toContain('did you mean "auth.jwtSecret"');
  });

  test('two listeners may not share a port', () => {
    expect(mistakesOf(input({ default: { admin: { port: 5000 } } }))[0]).toContain('admin.port: port 5000 is used by storage.port already');
  });

  test.each([
    [{ managed: true, replicas: ['10.0.0.8'] }, 'postgres.replicas: needs postgres.managed false'],
    [{ managed: false, host: '10.0.0.7', replicas: ['10.0.0.8', '10.0.0.7:5432'] }, 'postgres.replicas: names the primary, 10.0.0.7:5432'],
    [{ managed: false, replicas: ['10.0.0.8', '10.0.0.8:5432'] }, 'postgres.replicas: names 10.0.0.8:5432 twice'],
    [{ managed: false, replicas: ['postgresql://postgres@10.0.0.8/postgres'] }, 'postgres.replicas: expected host or host:port'],
    [{ managed: false, replicas: ['10.0.0.8:70000'] }, 'postgres.replicas: expected host or host:port'],
    [{ managed: false, maxReplicaLag: 1 }, 'postgres.maxReplicaLag: must be at least 10'],
  ])('replicas that cannot be read from are refused: %j', (postgres, reason) => {
    expect(mistakesOf(input({ default: { postgres } }))).toEqual([expect.stringContaining(reason)]);
  });

  test('bytes on S3 need a bucket and its keys, and nothing more', () => {
    expect(mistakesOf(input({ default: { storage: { backend: 's3' } } }))).toEqual([
      expect.stringContaining('storage.s3.bucket: is needed when storage.backend is s3'),
      expect.stringContaining('storage.s3.accessKeyId: is needed when storage.backend is s3'),
      expect.stringContaining('storage.s3.secretAccessKey: is needed when storage.backend is s3'),
    ]);
    const s3 = { bucket: 'bytes', accessKeyId: 'key', secretAccessKey: 'secret' };
    expect(resolveConfig(input({ default: { storage: { backend: 's3', s3 } } })).config.storage.s3.bucket).toBe('bytes');
  });

  test('a misspelt variable is a warning', () => {
    const { warnings } = resolveConfig(input({ default: {} }, { env: { SUPASTOR_STORGE_PORT: '1', SUPASTOR_ENV: 'default' } }));
    expect(warnings.map(({ suggestion }) => suggestion)).toEqual(['SUPASTOR_STORAGE_PORT']);
  });
});

describe('the result', () => {
  test('is frozen to its leaves', () => {
    const { config } = resolveConfig(input({ default: {} }));
    expect([config, config.storage, config.storage.s3, config.auth.roles].every(Object.isFrozen)).toBe(true);
  });

  test('can be compared with an earlier one', () => {
    const before = resolveConfig(input({ default: { auth: { jwtSecret: 'a'.repeat(40) } } })).config;
    const after = resolveConfig(input({ default: { auth: { jwtSecret: 'b'.repeat(40) }, storage: { port: 7 } } })).config;
    expect(changedPaths(before, after)).toEqual(['storage.port', 'auth.jwtSecret']);
    expect(changedPaths(before, before)).toEqual([]);
  });
});
