import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ALL_CHECKS } from './all-checks.ts';
import { same } from './assert.ts';
import { better, check, type Check, PROFILES, Skip } from './check.ts';
import { runChecks } from './run-checks.ts';
import { World } from './world.ts';

const world = () =>
  new World({
    url: 'http://127.0.0.1:9',
    anonKey: '',
    serviceKey: '',
    jwtSecret: null,
    s3: null,
    databaseUrl: null,
    metaUrl: null,
    profile: 'full',
    isUpstream: false,
    only: '',
  });

const TABLE: readonly Check[] = [
  check('holds', 'smoke', async () => same(1, 1)),
  check('differs', 'core', async () => same({ a: 1 }, { a: 2 }, 'the answer')),
  check('needs a secret', 'wire', async (it) => void it.secret()),
  check('is not there', 'full', () => Promise.reject(new Skip('unsupported: the server says so'))),
  better('is better', 'full', async () => {}),
];

async function run(profile: Check['profile'], isUpstream = false, only = '') {
  const lines: string[] = [];
  const tally = await runChecks(TABLE, { profile, isUpstream, only }, world(), (line) => lines.push(line));
  return { tally, lines };
}

test('a profile holds the ones before it', async () => {
  expect((await run('smoke')).tally).toEqual({ passed: 1, failed: 0, skipped: 0 });
  expect((await run('core')).tally).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect((await run('full')).tally).toEqual({ passed: 2, failed: 1, skipped: 2 });
});

test('a failure shows what was expected and what came', async () => {
  const { lines } = await run('core');
  expect(lines).toEqual([
    'failed: core: differs\n    the answer\n    expected { a: 2 }\n    got      { a: 1 }',
    '1 passed, 1 failed, 0 skipped',
  ]);
});

test('what is skipped is listed with its reason', async () => {
  const { lines } = await run('full', true, 'is ');
  expect(lines).toContain('skipped: full: is not there (unsupported: the server says so)');
  expect(lines).toContain('skipped: full: is better (the original behaves otherwise)');
});

test('checking nothing is a failure', async () => {
  expect((await run('full', false, 'no such check')).tally).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect((await run('full', true, 'is better')).tally).toEqual({ passed: 0, failed: 1, skipped: 1 });
});

test('the description says how many checks each profile has', async () => {
  const text = await readFile(join(import.meta.dirname, 'README.md'), 'utf8');
  const told = PROFILES.map((profile) => Number(new RegExp(`\`${profile}\` \\((\\d+)`).exec(text)?.[1]));
  const counts = PROFILES.map((_profile, at) => ALL_CHECKS.filter(({ profile }) => PROFILES.indexOf(profile) <= at).length);
  expect(told).toEqual(counts);
});
