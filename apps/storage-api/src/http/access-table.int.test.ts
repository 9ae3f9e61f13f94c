import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcomeOf } from '../testing/access-outcome.ts';
import { ACCESS_ROWS, FIXED, Props, RULES } from '../testing/access-rows.ts';
import { ACCESS_S3_ROWS } from '../testing/access-s3-rows.ts';
import { readAccessTable } from '../testing/access-table.ts';
import { operationsOf, type ApiDocument } from '@supastor/testkit/fuzz/document-requests';
import { IDENTITIES, type Stage, startStage } from '../testing/stage.ts';
import { renderStorageOpenApi } from './documentation/document.ts';
import { S3_ROUTES } from './s3/route.ts';

const TABLE = join(import.meta.dirname, 'access-table.md');
const REST = readAccessTable(TABLE, 'REST and resumable uploads');
const S3 = readAccessTable(TABLE, 'S3');

let stage: Stage;
let props: Props;
/** What was seen, for {@link writeSeen}. */
const seen: string[] = [];

beforeAll(async () => {
  stage = await startStage();
  props = new Props(stage);
  await stage.put('priv', FIXED.text);
  await stage.put('priv', FIXED.picture, stage.picture, 'image/png');
  await stage.put('pub', 'a.txt');
  await stage.put('pub', 'p.png', stage.picture, 'image/png');
  await props.asService('PUT', '/bucket/priv/lifecycle', RULES);
  await props.asService('POST', '/maintenance/scrub', { onlyDamaged: true });
}, 120_000);
afterAll(async () => {
  writeSeen();
  await stage.stop();
});

const isAsked = (row: string) => Object.hasOwn(ACCESS_ROWS, row) || Object.hasOwn(ACCESS_ROWS, row.replace(/^HEAD /, 'GET '));

/** `(private)` and the like tell rows of one operation apart. */
const operationOf = (row: string) => row.replace(/ \(.*\)$/, '');

/** With SUPASTOR_ACCESS_SEEN=1, writes the rows as they are now to a file beside no other: to be read, and taken over where they are right. */
function writeSeen(): void {
  if (process.env['SUPASTOR_ACCESS_SEEN'] === undefined) return;
  const path = join(mkdtempSync(join(tmpdir(), 'supastor-access-')), 'access-table.md');
  writeFileSync(path, `${seen.join('\n')}\n`);
  process.stdout.write(`what was seen is in ${path}\n`);
}

async function askAsEach<T>(names: readonly string[], ask: (name: string) => Promise<T>): Promise<Record<string, T>> {
  const answers: [string, T][] = [];
  for (const name of names) answers.push([name, await ask(name)]);
  return Object.fromEntries(answers);
}

function note(row: string, outcomes: Readonly<Record<string, string>>): void {
  seen.push(`| \`${row}\` | ${Object.values(outcomes).join(' | ')} |`);
}

describe('the table', () => {
  it('has a row for each operation of the document, and no other', async () => {
    const document: ApiDocument = JSON.parse(JSON.stringify(await renderStorageOpenApi('test')));
    const operations = operationsOf(document).filter(({ s3Rows }) => s3Rows.length === 0);
    const names = operations.map(({ method, path }) => `${method} ${path}`);
    expect([...new Set([...REST.keys()].map(operationOf))].toSorted()).toEqual(names.toSorted());
  });

  it('has a row for each operation of S3, and no other', () => {
    const operations = S3_ROUTES.map(({ operation }) => operation).filter((operation) => operation !== 'PostObject');
    expect([...new Set([...S3.keys()].map(operationOf))].toSorted()).toEqual([...new Set(operations)].toSorted());
  });

  it('says what each row asks', () => {
    expect([...REST.keys()].filter((row) => !isAsked(row))).toEqual([]);
    expect([...S3.keys()].filter((row) => !Object.hasOwn(ACCESS_S3_ROWS, row))).toEqual([]);
  });
});

describe('who may what over REST', () => {
  it.each([...REST])('%s', async (row, expected) => {
    const make = ACCESS_ROWS[row] ?? ACCESS_ROWS[row.replace(/^HEAD /, 'GET ')];
    const outcomes = await askAsEach(Object.keys(IDENTITIES), async (name) => {
      const token = Object.entries(IDENTITIES).find(([each]) => each === name)?.[1] ?? '';
      const made = await make?.(props);
      if (made === undefined) return 'not asked';
      const method = row.startsWith('HEAD ') ? 'HEAD' : made.method;
      const headers = { ...made.headers, ...(token === '' ? {} : { authorization: `Bearer ${token}` }) };
      return outcomeOf(method, await stage.http.send({ ...made, method, headers }));
    });
    note(row, outcomes);
    expect(outcomes).toEqual(expected);
  });
});

describe('who may what over S3', () => {
  it.each([...S3])('%s', async (row, expected) => {
    const outcomes = await askAsEach(Object.keys(stage.s3), async (name) => {
      const input = await ACCESS_S3_ROWS[row]?.(props);
      return input === undefined ? 'not asked' : outcomeOf(input.method, await stage.signed(input, name));
    });
    note(row, outcomes);
    expect(outcomes).toEqual(expected);
  });
});
