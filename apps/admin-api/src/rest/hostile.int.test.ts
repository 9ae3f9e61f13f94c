import { OPERATIONS } from '@supastor/contract/operations/all';
import { pathParameters, toRequestParts } from '@supastor/contract/operations/http';
import { inputJsonSchema } from '@supastor/contract/operations/json-schema';
import { problemSchema } from '@supastor/contract/wire/problem';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AdminHarness, type ControlHarness, startAdminHarness, startControlHarness } from '../testing/admin-harness.ts';
import { type MetaProcess, startMetaProcess } from '../testing/meta-process.ts';
import { startStorageProcess, type StorageProcess } from '../testing/storage-process.ts';

let storage: StorageProcess;
let meta: MetaProcess;
let control: ControlHarness;
let admin: AdminHarness;
let token: string;

beforeAll(async () => {
  [storage, control] = await Promise.all([startStorageProcess(), startControlHarness()]);
  meta = await startMetaProcess(storage.databaseUrl);
  admin = await startAdminHarness({
    ...storage.forAdmin,
    metaUrl: meta.url,
    controlSocket: control.socketPath,
  });
  token = await admin.login();
});
beforeEach(async () => void (await admin.call('POST', '/api/v1/buckets', { token, body: { name: 'photos' } })));
afterAll(async () => {
  await admin.stop();
  await control.stop();
  await meta.stop();
  await storage.stop();
});

const HOSTILE: readonly unknown[] = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '/absolute',
  'a//b',
  'a/./b/../c',
  "'; drop table storage.objects; --",
  '%00',
  '\u0000',
  'line\nbreak',
  '\ud800',
  '\u202egnp.exe',
  '𝕌𝕟𝕚𝕔𝕠𝕕𝕖/日本語/😀',
  '%2e%2e%2f',
  '{{constructor}}',
  '__proto__',
  'x'.repeat(1024),
  'ü'.repeat(1024),
  'x'.repeat(5000),
  'bDp4',
  -1,
  0,
  1e308,
  9_007_199_254_740_991,
  null,
  true,
  [],
  {},
  ['a', 'a', ''],
  Array.from({ length: 1001 }, () => 'a'),
];

/** An input that is valid, or as near as can be, for each field. */
const VALID: Readonly<Record<string, unknown>> = {
  bucket: 'photos',
  service: 'storage',
  name: 'other',
  paths: ['a'],
  from: 'a',
  to: 'b',
  email: 'admin@localhost.local',
  password: 'x',
  table: 'objects',
  pattern: 'public-read',
  draft: { name: 'p', command: 'SELECT', using: 'true' },
  verb: 'read',
  path: 'a',
};

/** Operations left out of it: signing out ends the session the others need, guesses at login end in the lockout. */
const LEFT_OUT = new Set(['session.logout', 'session.login']);
const cases = OPERATIONS.filter(({ name }) => !LEFT_OUT.has(name)).map((operation) => [operation.name, operation] as const);

function fieldsOf(operation: (typeof OPERATIONS)[number]): readonly string[] {
  return Object.keys(Object(inputJsonSchema(operation)['properties']));
}

function requiredOf(operation: (typeof OPERATIONS)[number]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(fieldsOf(operation).flatMap((field) => (field in VALID ? [[field, VALID[field]]] : [])));
}

describe('hostile input', () => {
  it.each(cases)('to %s never becomes a 5xx, and every refusal is a problem', async (_name, operation) => {
    for (const field of fieldsOf(operation)) {
      for (const value of HOSTILE) {
        const input = { ...requiredOf(operation), [field]: value };
        const { method, path, body } = toRequestParts(operation, wellFormed(operation, input));
        const answer = await admin.call(method, path, { token, ...(body && { body }) });
        const label = `${field}=${JSON.stringify(value).slice(0, 40)}`;
        expect([label, answer.status, answer.body?.detail].slice(0, answer.status < 500 ? 1 : 3)).toEqual([label]);
        if (answer.status >= 400) expect([label, problemSchema.safeParse(answer.body).success]).toEqual([label, true]);
        expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\bat \w+ \(|storage\.objects" |syntax error/);
      }
    }
  });
});

/** A lone surrogate cannot be put into a URL by any client; in bodies it travels as an escape. */
function wellFormed(operation: (typeof OPERATIONS)[number], input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const inPath = pathParameters(operation);
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, inPath.includes(key) && value === '\ud800' ? '?' : value]));
}
