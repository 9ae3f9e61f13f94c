import { SupastorError } from '@supastor/contract/errors';
import { Secret } from '@supastor/contract/secret';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { OutputFormat } from '../context.ts';
import { createOutput, type Sink } from './create-output.ts';
import { acceptFormats, chooseFormat, peekFormat } from './formats.ts';
import { printError } from './print-error.ts';
import { createStyle, isCi, wantsColor } from './style.ts';
import { formatTable } from './table.ts';

const PLAIN = createStyle(false);

function collector(): Sink & { readonly text: () => string } {
  const parts: string[] = [];
  return { write: (text) => parts.push(text), text: () => parts.join('') };
}

function outputOf(format: OutputFormat, quiet = false) {
  const [stdout, stderr] = [collector(), collector()];
  return { stdout, stderr, output: createOutput({ format, extraFormat: null, stdout, stderr, style: PLAIN, errorStyle: PLAIN, quiet }) };
}

describe('createOutput', () => {
  const value = { name: 'x', password: new Secret('hidden') };

  test.each([
    ['text', 'x ***\n'],
    ['json', '{\n  "name": "x",\n  "password": "***"\n}\n'],
    ['ndjson', '{"name":"x","password":"***"}\n'],
  ] as const)('a result as %s', (format, expected) => {
    const { output, stdout } = outputOf(format);
    output.result(value, ({ name, password }) => `${name} ${password.toString()}`);
    expect(stdout.text()).toBe(expected);
  });

  test.each([
    ['text', 'x\nx\n'],
    ['json', '{"name":"x","password":"***"}\n{"name":"x","password":"***"}\n'],
    ['ndjson', '{"name":"x","password":"***"}\n{"name":"x","password":"***"}\n'],
  ] as const)('records as %s stand on a line each', (format, expected) => {
    const { output, stdout } = outputOf(format);
    output.record(value, ({ name }) => name);
    output.record(value, ({ name }) => name);
    expect(stdout.text()).toBe(expected);
  });

  test('progress is for people who want it', () => {
    const runs = [outputOf('text'), outputOf('text', true), outputOf('json')];
    for (const { output } of runs) output.progress('working');
    expect(runs.map(({ stdout, stderr }) => stdout.text() + stderr.text())).toEqual(['working\n', '', '']);
  });

  test('warnings go to stderr in the chosen format', () => {
    const [text, json] = [outputOf('text', true), outputOf('json')];
    text.output.warn('careful');
    json.output.warn('careful');
    expect([text.stderr.text(), json.stderr.text()]).toEqual(['warning: careful\n', '{"warning":"careful"}\n']);
  });
});

describe('printError', () => {
  test('returns the exit code of the catalogue', () => {
    const stderr = collector();
    expect(printError(new SupastorError('SJ_PORT_TAKEN', 'why', { hint: 'do' }), { stderr, format: 'text', style: PLAIN })).toBe(6);
    expect(stderr.text()).toBe('error: Port is taken (SJ_PORT_TAKEN)\nwhy\nhint: do\n');
  });

  test('shows a bug with its stack', () => {
    const stderr = collector();
    expect(printError(new TypeError('oops'), { stderr, format: 'ndjson', style: PLAIN })).toBe(1);
    expect(JSON.parse(stderr.text())).toMatchObject({ error: { code: 'SJ_INTERNAL', message: expect.stringContaining('output.test') } });
  });
});

describe('formats', () => {
  test('a command may take one more than the others', () => {
    const command = acceptFormats(new Command('status'), ['env']);
    expect(chooseFormat('env', command)).toEqual({ format: 'text', extraFormat: 'env' });
    expect(chooseFormat(undefined, command)).toEqual({ format: 'text', extraFormat: null });
    expect(() => chooseFormat('env', new Command('up'))).toThrow(expect.objectContaining({ code: 'SJ_USAGE' }));
  });

  test.each([
    [['-o', 'json', 'x'], 'json'],
    [['x', '--output=ndjson'], 'ndjson'],
    [['x', '-ojson'], 'json'],
    [['x', '--output', 'xml'], 'text'],
    [['json'], 'text'],
  ])('is found in %j before parsing: %s', (argv, expected) => {
    expect(peekFormat(argv)).toBe(expected);
  });
});

describe('colours', () => {
  test.each([
    [{ noColor: false, isTty: true, env: {} }, true],
    [{ noColor: false, isTty: false, env: {} }, false],
    [{ noColor: true, isTty: true, env: { FORCE_COLOR: '1' } }, false],
    [{ noColor: false, isTty: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
    [{ noColor: false, isTty: true, env: { NO_COLOR: '' } }, true],
    [{ noColor: false, isTty: false, env: { FORCE_COLOR: '1' } }, true],
    [{ noColor: false, isTty: true, env: { FORCE_COLOR: '0' } }, false],
    [{ noColor: false, isTty: true, env: { CI: 'true' } }, false],
    [{ noColor: false, isTty: true, env: { TERM: 'dumb' } }, false],
  ])('%j: %s', (options, expected) => {
    expect(wantsColor(options)).toBe(expected);
  });

  test('CI=false is no continuous integration', () => {
    expect([isCi({}), isCi({ CI: 'false' }), isCi({ CI: '1' })]).toEqual([false, false, true]);
  });
});

describe('formatTable', () => {
  test('aligns columns whether or not they are coloured', () => {
    const colored = createStyle(true).red('aaa');
    expect(
      formatTable([
        ['a', 'bb', 'c'],
        [colored, 'b', ''],
      ]),
    ).toBe(`a    bb  c\n${colored}  b`);
  });
});
