import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pathDoors } from '../testing/path-doors.ts';
import { type PathPayload, pathPayloads } from '../testing/path-payloads.ts';
import type { RawAnswer } from '@supastor/testkit/fuzz/raw-http';
import { type Stage, startStage } from '../testing/stage.ts';

const CANARY = 'canary-7f3b9d.txt';
const SECRET = 'what-is-in-the-canary-5c1e';
const TEXT = 'the only a.txt';
const PARALLEL = 8;

let stage: Stage;
let outside: string;
let payloads: readonly PathPayload[];
let before: readonly string[];

beforeAll(async () => {
  stage = await startStage();
  outside = dirname(stage.server.storePath);
  const path = join(outside, CANARY);
  writeFileSync(path, SECRET);
  // One inside the root too: it is no object.
  writeFileSync(join(stage.server.storePath, CANARY), SECRET);
  payloads = pathPayloads(CANARY, path);
  for (const bucket of ['priv', 'pub']) await stage.put(bucket, 'a.txt', TEXT);
  before = readdirSync(outside).toSorted();
}, 120_000);
afterAll(() => stage.stop());

function problemOf({ status, text, headers }: RawAnswer, sent: string, isS3: boolean): string | null {
  if (status >= 500 && !(isS3 && status === 501)) return `${status} ${text.slice(0, 200)}`;
  if (text.includes(SECRET) || text.includes('root:x:0')) return 'the content of a file';
  if (!sent.includes(outside) && text.includes(outside)) return 'a path of the server';
  return headers['x-injected'] === undefined ? null : 'a header of the caller';
}

describe('names that lead elsewhere', () => {
  it('are at least sixty', () => {
    expect(payloads.length).toBeGreaterThanOrEqual(60);
    expect(new Set(payloads.map(({ raw }) => raw)).size).toBe(payloads.length);
  });

  it('lead nowhere, at whatever door', async () => {
    const problems: string[] = [];
    const asked = pathDoors(stage).flatMap(([door, make]) => payloads.map((payload) => ({ door, payload, request: make(payload) })));
    for (let start = 0; start < asked.length; start += PARALLEL) {
      const some = asked.slice(start, start + PARALLEL);
      const answers = await Promise.all(some.map(({ request }) => stage.http.send(request)));
      for (const [at, answer] of answers.entries()) {
        const { door = '', payload = { name: '', raw: '', text: '' } } = some[at] ?? {};
        const problem = problemOf(answer, payload.text, door.startsWith('S3'));
        if (problem !== null) problems.push(`${door}: ${payload.name}: ${problem}`);
      }
    }
    expect(asked.length).toBeGreaterThan(60 * 60);
    expect(problems).toEqual([]);
  }, 600_000);

  it('touch nothing outside the store, and leave no name of theirs inside', () => {
    expect(readFileSync(join(outside, CANARY), 'utf8')).toBe(SECRET);
    expect(readFileSync(join(stage.server.storePath, CANARY), 'utf8')).toBe(SECRET);
    expect(readdirSync(outside).toSorted()).toEqual(before);
    const names = readdirSync(stage.server.storePath, { recursive: true, encoding: 'utf8' }).filter((name) => name !== CANARY);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => /canary|\.\.|windows|CON|NUL|a\.txt|%|\\/i.test(name))).toEqual([]);
    expect(statSync(join(outside, CANARY)).size).toBe(SECRET.length);
  });

  it('are not another name of an object that is there', async () => {
    for (const bucket of ['priv', 'pub']) {
      const { data, error } = await stage.server.client().from(bucket).download('a.txt');
      expect(error).toBeNull();
      expect(await data?.text()).toBe(TEXT);
    }
    const alike = payloads.filter(({ name }) => /dot in front|in between$|behind the name|another ending|at the end|capitals/.test(name));
    expect(alike.length).toBeGreaterThan(5);
    for (const { name, raw } of alike) {
      const { text } = await stage.http.send({ method: 'GET', path: `/object/public/pub/${raw}` });
      expect([name, text.includes(TEXT)]).toEqual([name, false]);
    }
  });
});
