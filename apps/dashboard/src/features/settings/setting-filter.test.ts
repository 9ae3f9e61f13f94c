import type { Setting } from '@supastor/contract/wire/setting';
import { expect, test } from 'vitest';
import { bySection, filterSettings, parseSettingFilter } from './setting-filter.ts';

const setting = (path: string, kind: Setting['source']['kind'], value: string | null = null): Setting => ({
  path,
  description: `About ${path}.`,
  type: 'text',
  options: [],
  secret: false,
  value,
  defaultValue: null,
  source: { kind, name: null, file: null, line: null },
  overrode: [],
  locked: null,
  inFile: false,
  restarts: [],
  revision: 'a',
});
const ALL = [setting('storage.port', 'default', '5000'), setting('storage.host', 'yaml'), setting('admin.port', 'env', '8080')];
const paths = (filter: Parameters<typeof filterSettings>[1]) => filterSettings(ALL, filter).map(({ path }) => path);

test('every word has to be somewhere in path, description or value', () => {
  expect(paths({ q: 'PORT 80' })).toEqual(['admin.port']);
  expect(paths({ q: 'about storage' })).toEqual(['storage.port', 'storage.host']);
  expect(paths({ q: 'nothing' })).toEqual([]);
});

test('a source, or all but defaults', () => {
  expect(paths({ source: 'yaml' })).toEqual(['storage.host']);
  expect(paths({ source: 'set' })).toEqual(['storage.host', 'admin.port']);
});

test('sections in the order of the settings', () => {
  expect(bySection(ALL).map(([name, found]) => [name, found.length])).toEqual([
    ['storage', 2],
    ['admin', 1],
  ]);
});

test('an address says what to look for; what it cannot mean is left out', () => {
  expect(parseSettingFilter({ q: ' port ', source: 'env' })).toEqual({ q: 'port', source: 'env' });
  expect(parseSettingFilter({ q: 5, source: 'elsewhere' })).toEqual({});
});
