import { describe, expect, test } from 'vitest';
import { parseDotenv } from './dotenv.ts';
import { appendEnv, appendIgnores, formatEnvLine } from './env-file.ts';

describe('formatEnvLine', () => {
  test.each(['plain', 'with blank', 'a"b', "a'b", 'a$b', 'a\\b', 'a#b', ' # x', 'line\nbreak', 'tab\there', ''])(
    'writes %j so that it is read back',
    (value) => {
      expect(parseDotenv(formatEnvLine('NAME', value)).entries.map((entry) => entry.value)).toEqual([value]);
    },
  );
});

describe('appendEnv', () => {
  test('keeps what is there and adds the blocks', () => {
    expect(appendEnv('A=1', [{ comment: 'More', values: [{ name: 'B', value: '2' }] }])).toBe('A=1\n\n# More\nB=2\n');
  });

  test('changes nothing when there is nothing to add', () => {
    expect(appendEnv('A=1', [{ comment: 'More', values: [] }])).toBe('A=1');
  });
});

describe('appendIgnores', () => {
  test('adds only what is missing', () => {
    expect(appendIgnores('node_modules\n/.supastor\n', ['.env', '.supastor/'])).toBe('node_modules\n/.supastor\n.env\n');
    expect(appendIgnores('node_modules', ['.env'])).toBe('node_modules\n.env\n');
  });

  test('is null when all is there', () => {
    expect(appendIgnores('.env\n.supastor/\n', ['.env', '.supastor/'])).toBeNull();
  });
});
