import { renderStarterYaml } from '@supastor/core/config/starter';
import { SupastorError } from '@supastor/contract/errors';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { editYaml } from './edit-yaml.ts';

const TEXT = `# Ours.
version: "1.0"
environments:
    default: # for everybody
        storage:
            port: 5000   # keep
            fileSizeLimit: 50MB
        admin: { port: 8080, email: a@example.org }

        # last
        logging:
            level: info
    empty:
    production:
        extends: default
`;
const edit = (path: string, value: unknown, environment = 'default', text = TEXT) => editYaml(text, { environment, path, value });
const changed = (after: string, before = TEXT) => {
  const [old, next] = [before.split('\n'), after.split('\n')];
  return { gone: old.filter((line) => !next.includes(line)), come: next.filter((line) => !old.includes(line)) };
};

describe('editYaml', () => {
  test.each([
    ['storage.port', 5001, '            port: 5001   # keep'],
    ['storage.fileSizeLimit', '1 GiB', '            fileSizeLimit: "1 GiB"'],
    ['admin.email', 'b, c}@example.org', '        admin: { port: 8080, email: "b, c}@example.org" }'],
    ['logging.level', 'true', '            level: "true"'],
  ])('sets %s where it stands and touches nothing else', (path, value, line) => {
    expect(changed(edit(path, value)).come).toEqual([line]);
    expect(changed(edit(path, value)).gone).toHaveLength(1);
  });

  test.each([
    ['storage.backend', 's3', ['            backend: s3']],
    ['storage.images.maxSide', 100, ['            images:', '                maxSide: 100']],
    ['auth.roles', ['anon', 'other role'], ['        auth:', '            roles: [anon, "other role"]']],
    ['storage.images.enabled', false, ['            images:', '                enabled: false']],
  ])('adds %s to its block', (path, value, lines) => {
    const after = edit(path, value);
    const found = changed(after);
    expect(found.gone).toEqual([]);
    expect(found.come.map((line) => line.trim())).toEqual(lines.map((line) => line.trim()));
    expect(path.split('.').reduce((tree, key) => tree[key], parse(after).environments.default)).toEqual(value);
  });

  test('writes into an environment without entries, and into brackets, and keeps all comments', () => {
    expect(parse(edit('storage.port', 1, 'empty')).environments.empty).toEqual({ storage: { port: 1 } });
    expect(parse(edit('storage.port', 1, 'production')).environments.production).toEqual({ extends: 'default', storage: { port: 1 } });
    const inBrackets = edit('admin.host', '::1');
    expect(parse(inBrackets).environments.default.admin).toEqual({ port: 8080, email: 'a@example.org', host: '::1' });
    for (const comment of ['# Ours.', '# for everybody', '# keep', '# last']) expect(inBrackets).toContain(comment);
  });

  test('a block with nothing but comments gets its first entry, and keeps them', () => {
    const text = renderStarterYaml({ name: 'demo', mode: 'dev' });
    for (const path of ['storage.fileSizeLimit', 'admin.port', 'auth.roles', 'storage.images.maxSide']) {
      const { gone, come } = changed(edit(path, 5, 'default', text), text);
      expect({ path, gone, last: come.at(-1)?.trim() }).toEqual({ path, gone: [], last: `${path.split('.').at(-1)}: 5` });
    }
  });

  test('does not write where comments would be lost', () => {
    const text = 'version: "1.0"\nenvironments:\n  default:\n    auth:\n      roles:\n        - anon # everybody\n        - other\n';
    const after = () => edit('auth.roles', ['anon'], 'default', text);
    expect(after).toThrow('without losing comments');
  });

  test('takes a value out, also the last of its block', () => {
    expect(changed(edit('storage.port', undefined))).toEqual({ gone: ['            port: 5000   # keep'], come: [] });
    expect(changed(edit('logging.level', undefined))).toEqual({ gone: ['            level: info'], come: [] });
    expect(parse(edit('admin.port', undefined)).environments.default.admin).toEqual({ email: 'a@example.org' });
  });

  test('does not write through an alias', () => {
    const text = 'version: "1.0"\nenvironments:\n  default:\n    storage: &s\n      port: 1\n  other:\n    storage: *s\n';
    expect(() => edit('storage.port', 2, 'other', text)).toThrow(SupastorError);
    expect(() => edit('storage.port', 2, 'other', text)).toThrow('alias');
  });

  test('a file without an end of line, and with Windows ends of lines', () => {
    const short = 'version: "1.0"\nenvironments:\n  default:\n    storage:\n      port: 1';
    expect(parse(edit('storage.host', 'a', 'default', short)).environments.default.storage).toEqual({ port: 1, host: 'a' });
    const windows = TEXT.replaceAll('\n', '\r\n');
    expect(parse(edit('storage.port', 2, 'default', windows)).environments.default.storage.port).toBe(2);
    expect(parse(edit('storage.host', 'a', 'default', windows)).environments.default.storage.host).toBe('a');
  });
});
