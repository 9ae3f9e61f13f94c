import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogRecord } from '@supastor/contract/wire/log-record';
import { createTempDir, type TempDir } from '@supastor/testkit/harness/temp-dir';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LogCollector } from './log-collector.ts';
import { appendLines, linesBackwards } from './log-file.ts';
import { readLogRecords } from './log-reader.ts';
import { parseLogLine } from './parse-line.ts';
import { Spool } from './spool.ts';

let dir: TempDir;

const record = (service: string, second: number, level: string) =>
  `${JSON.stringify({ time: `2026-01-01T00:00:0${second}.000Z`, level, service, msg: `${service}${second}` })}\n`;

function readAll(spool: Spool, flush = false): readonly string[] {
  const lines: string[] = [];
  spool.read((some) => lines.push(...some), flush);
  return lines;
}

beforeEach(async () => {
  dir = await createTempDir('logs');
});
afterEach(() => dir.remove());

describe('parseLogLine', () => {
  const now = '2026-01-01T00:00:00.000Z';
  const parse = (line: string, previousLevel: LogRecord['level'] = 'info') =>
    parseLogLine(line, { service: 'storage', now, previousLevel });

  test('keeps our own records, under the name of the service that wrote them', () => {
    expect(parse('{"time":"2025-05-05T05:05:05.005Z","level":"warn","service":"other","msg":"hi","requestId":"r1","n":2}')).toEqual({
      time: '2025-05-05T05:05:05.005Z',
      level: 'warn',
      service: 'storage',
      msg: 'hi',
      requestId: 'r1',
      n: 2,
    });
  });

  test('understands numeric levels and times', () => {
    expect(parse('{"time":0,"level":50,"message":"old style"}')).toMatchObject({
      time: '1970-01-01T00:00:00.000Z',
      level: 'error',
      msg: 'old style',
    });
  });

  test.each([
    ['2026-11-23 07:58:00.494 UTC [77] ERROR:  relation "x" does not exist', 'error', 'relation "x" does not exist'],
    ['2026-11-23 07:58:00.494 UTC [77] LOG:  checkpoint starting: time', 'info', 'checkpoint starting: time'],
    ['2026-11-23 07:58:00.494 UTC [77] FATAL:  role "a" does not exist', 'fatal', 'role "a" does not exist'],
    ['2026-11-23 07:58:00.494 UTC [77] WARNING:  there is no transaction', 'warn', 'there is no transaction'],
  ])('reads the line of Postgres %j', (line, level, msg) => {
    expect(parse(line)).toEqual({ time: '2026-11-23T07:58:00.494Z', level, service: 'storage', msg, pid: 77 });
  });

  test('lines that explain or continue one keep its level', () => {
    expect(parse('2026-11-23 07:58:00.494 UTC [77] STATEMENT:  select 1', 'error')).toMatchObject({
      level: 'error',
      msg: 'STATEMENT: select 1',
    });
    expect(parse('\tfrom x', 'error')).toMatchObject({ level: 'error', msg: '\tfrom x', time: now });
  });

  test.each([
    ['Error: boom', 'error'],
    ['(node:1) Warning: deprecated', 'warn'],
    ['all is well', 'info'],
    ['{not json', 'info'],
    ['{"level":"info"', 'info'],
  ])('wraps plain text %j', (line, level) => {
    expect(parse(line)).toEqual({ time: now, level, service: 'storage', msg: line });
  });
});

describe('log files', () => {
  test('rotate past their size and keep only so many', () => {
    const path = join(dir.path, 'a.ndjson');
    for (let index = 0; index < 10; index++) appendLines(path, [`${'x'.repeat(40)}${index}`], { maxFileBytes: 100, maxFiles: 2 });
    expect(readdirSync(dir.path).toSorted()).toEqual(['a.ndjson', 'a.ndjson.1', 'a.ndjson.2']);
    expect([...linesBackwards(path, 2)].map((line) => line.at(-1))).toEqual(['9', '8', '7', '6', '5', '4']);
  });

  test('are read backwards across block borders and multi-byte characters', () => {
    const path = join(dir.path, 'a.ndjson');
    const lines = Array.from({ length: 3000 }, (_, index) => `${index} ${'äöü€'.repeat(index % 40)}`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    expect([...linesBackwards(path, 0)]).toEqual(lines.toReversed());
  });

  test('queries filter by level and time, merge services in order, and limit', () => {
    writeFileSync(join(dir.path, 'storage.ndjson'), record('storage', 1, 'info') + record('storage', 3, 'error') + '{"broken');
    writeFileSync(join(dir.path, 'meta.ndjson'), record('meta', 2, 'info') + record('meta', 4, 'debug'));
    const read = (query: object) =>
      readLogRecords({ logsDir: dir.path, maxFiles: 1, services: ['storage', 'meta'] }, { services: [], tail: 10, ...query }).map(
        ({ msg }) => msg,
      );
    expect(read({})).toEqual(['storage1', 'meta2', 'storage3', 'meta4']);
    expect(read({ tail: 2 })).toEqual(['storage3', 'meta4']);
    expect(read({ tail: 0 })).toEqual([]);
    expect(read({ level: 'info' })).toEqual(['storage1', 'meta2', 'storage3']);
    expect(read({ since: '2026-01-01T00:00:02.000Z' })).toEqual(['meta2', 'storage3', 'meta4']);
    expect(read({ services: ['meta'] })).toEqual(['meta2', 'meta4']);
  });
});

describe('Spool', () => {
  test('hands out every complete line once, also to a successor', () => {
    const path = join(dir.path, 'a.log');
    appendFileSync(path, 'one\ntwo\nthr');
    expect(readAll(new Spool(path))).toEqual(['one', 'two']);
    appendFileSync(path, 'ee\n');
    const next = new Spool(path);
    expect(readAll(next)).toEqual(['three']);
    expect(readAll(next)).toEqual([]);
  });

  test('gives a last line without an end when asked to', () => {
    const path = join(dir.path, 'a.log');
    appendFileSync(path, 'last words');
    const spool = new Spool(path);
    expect(readAll(spool)).toEqual([]);
    expect(readAll(spool, true)).toEqual(['last words']);
  });

  test('hands the same lines again when they could not be kept', () => {
    const path = join(dir.path, 'a.log');
    appendFileSync(path, 'precious\n');
    const spool = new Spool(path);
    expect(() =>
      spool.read(() => {
        throw new Error('disk full');
      }),
    ).toThrow('disk full');
    expect(readAll(spool)).toEqual(['precious']);
  });

  test('is emptied once a lot has been read, while the writer keeps it open', () => {
    const path = join(dir.path, 'a.log');
    const line = `${'x'.repeat(1023)}\n`;
    appendFileSync(path, line.repeat(1500));
    const spool = new Spool(path);
    expect(readAll(spool)).toHaveLength(1500);
    expect(statSync(path).size).toBe(0);
    appendFileSync(path, 'after\n');
    expect(readAll(spool)).toEqual(['after']);
  });

  test('cuts a line that never ends', () => {
    const path = join(dir.path, 'a.log');
    appendFileSync(path, 'y'.repeat(3 * 1024 * 1024));
    expect(readAll(new Spool(path)).map((line) => line.length)).toEqual([1024 * 1024, 1024 * 1024, 1024 * 1024]);
  });
});

test('the collector writes NDJSON and tells listeners', () => {
  const collector = new LogCollector({
    logsDir: dir.path,
    spoolDir: join(dir.path, 'spool'),
    limits: { maxFileBytes: 1_000_000, maxFiles: 2 },
    services: ['postgres'],
    onError: (error) => {
      throw error;
    },
  });
  const heard: string[] = [];
  const unsubscribe = collector.subscribe(({ msg }) => heard.push(msg));
  appendFileSync(collector.spoolPath('postgres'), '2026-11-23 07:58:00.494 UTC [77] LOG:  ready\n');
  collector.collect();
  unsubscribe();
  appendFileSync(collector.spoolPath('postgres'), 'unheard\n');
  collector.stop();
  expect(heard).toEqual(['ready']);
  const written = readFileSync(join(dir.path, 'postgres.ndjson'), 'utf8').trim().split('\n');
  expect(written.map((line) => JSON.parse(line).msg)).toEqual(['ready', 'unheard']);
  expect(existsSync(join(dir.path, 'postgres.ndjson.1'))).toBe(false);
});
