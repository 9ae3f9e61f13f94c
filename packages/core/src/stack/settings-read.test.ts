import { expect, test } from 'vitest';
import { settingsReadBy } from './settings-read.ts';
import { createTestConfig } from './testing/fixtures.ts';

const found = (path: string) => readers().get(path);
const readers = (changes = {}) => settingsReadBy(createTestConfig(changes), 'default');

test('says which services look at a setting', () => {
  expect(found('storage.fileSizeLimit')).toEqual(['storage']);
  expect(found('admin.limits.sockets')).toEqual(['admin']);
  expect(found('logging.level')).toEqual(['storage', 'meta', 'admin']);
  expect(found('postgres.maxConnections')).toEqual(['postgres']);
  expect(found('containers.port')).toBeUndefined();
});

test('and those that are told where another service listens', () => {
  expect(found('storage.port')).toEqual(['storage', 'admin']);
  expect(found('postgres.port')).toEqual(['postgres', 'storage', 'meta', 'admin']);
});

test('also where it depends on other settings', () => {
  expect(readers({ mail: { host: 'mail.example.org' } }).get('mail.port')).toEqual(['admin']);
  expect(readers({ mocks: { enabled: ['smtp'] } }).get('mocks.smtpPort')).toEqual(['admin', 'smtp']);
});
