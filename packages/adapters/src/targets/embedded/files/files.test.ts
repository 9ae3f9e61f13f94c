import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asFsError } from './fs-errors.ts';
import { stackPaths } from './paths.ts';
import { chooseRuntimeDir, controlSocketPath, ensureRuntimeDir, postgresSocketDir } from './runtime-dir.ts';
import { readState, writeState } from './state-file.ts';

let dir: TempDir;
const failure = (code: string) => asFsError(Object.assign(new Error(code), { code }), '/data');

beforeEach(async () => {
  dir = await createTempDir('files');
});
afterEach(() => dir.remove());

describe('state file', () => {
  test('is written whole, for its owner only', () => {
    const path = join(dir.path, 'state.json');
    const state = { version: 1 as const, supervisor: { pid: 1, startTime: 'x' }, services: [] };
    writeState(path, state);
    expect(readState(path)).toEqual(state);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir.path)).toEqual(['state.json']);
  });

  test.each(['', '{"version":1', '{"version":2}', 'null'])('%j counts as none', (text) => {
    const path = join(dir.path, 'state.json');
    writeFileSync(path, text);
    expect(readState(path)).toBeNull();
  });

  test('that is missing counts as none', () => {
    expect(readState(join(dir.path, 'nowhere', 'state.json'))).toBeNull();
  });
});

describe('stackPaths', () => {
  test('gives a link to a project the id of the project', () => {
    mkdirSync(join(dir.path, 'project'));
    symlinkSync(join(dir.path, 'project'), join(dir.path, 'link'));
    expect(stackPaths(join(dir.path, 'link'), 'default')).toEqual(stackPaths(join(dir.path, 'project'), 'default'));
  });

  test('keeps environments apart', () => {
    expect(stackPaths(dir.path, 'a').id).not.toBe(stackPaths(dir.path, 'b').id);
    expect(stackPaths(dir.path, 'a').stateDir).toBe(join(stackPaths(dir.path, 'a').projectDir, '.supastor', 'a'));
  });
});

test.each(['', '.', '..', '../..', 'a/b', '/tmp', '-x', 'a.b'])('%j is refused as the name of an environment', (name) => {
  expect(() => stackPaths(dir.path, name)).toThrow(expect.objectContaining({ code: 'SJ_ENVIRONMENT_UNKNOWN' }));
});

describe('runtime directory', () => {
  const { uid } = userInfo();

  test('is the user session directory when there is one', () => {
    const host = { uid: 1000, xdgRuntimeDir: dir.path, tmpDir: '/tmp' };
    expect(chooseRuntimeDir(host, 'abc')).toBe(join(dir.path, 'supastor', 'abc'));
  });

  test('falls back to a private directory under the temp directory', () => {
    expect(chooseRuntimeDir({ uid: 1000, xdgRuntimeDir: undefined, tmpDir: '/var/tmp' }, 'abc')).toBe('/var/tmp/supastor-1000/abc');
    expect(chooseRuntimeDir({ uid: 1000, xdgRuntimeDir: join(dir.path, 'gone'), tmpDir: '/tmp' }, 'abc')).toBe('/tmp/supastor-1000/abc');
  });

  test('leaves room for the longest socket name', () => {
    const found = chooseRuntimeDir({ uid: 1000, xdgRuntimeDir: undefined, tmpDir: `/tmp/${'x'.repeat(90)}` }, '0123456789ab');
    expect(Buffer.byteLength(`${postgresSocketDir(found)}/.s.PGSQL.65535`)).toBeLessThanOrEqual(107);
    expect(Buffer.byteLength(controlSocketPath(found))).toBeLessThanOrEqual(107);
  });

  test('is closed to others', () => {
    const path = join(dir.path, 'supastor', 'abc');
    ensureRuntimeDir(path, uid);
    expect(statSync(path).mode & 0o666).toBe(0o600);
  });

  test('is refused when it is a link someone prepared', () => {
    mkdirSync(join(dir.path, 'theirs'));
    symlinkSync(join(dir.path, 'theirs'), join(dir.path, 'supastor'));
    expect(() => ensureRuntimeDir(join(dir.path, 'supastor', 'abc'), uid)).toThrow(
      expect.objectContaining({ code: 'SJ_DIRECTORY_NOT_WRITABLE' }),
    );
    expect(existsSync(join(dir.path, 'theirs', 'abc'))).toBe(false);
  });
});

test('system errors become catalogue errors that name the path', () => {
  expect(failure('ENOSPC')).toMatchObject({ code: 'SJ_NO_SPACE', message: 'No space left for /data' });
  expect(failure('EROFS')).toMatchObject({
    code: 'SJ_DIRECTORY_NOT_WRITABLE',
    message: 'Cannot write /data: the file system is read-only',
  });
  expect(failure('EACCES')).toMatchObject({ code: 'SJ_DIRECTORY_NOT_WRITABLE' });
  expect(failure('EIO')).toMatchObject({ message: 'EIO' });
});
