import { toPlain } from '@supastor/core/config/node';
import { describe, expect, test } from 'vitest';
import { parseYaml } from './parse-yaml.ts';

const FILE = 'supastor.config.yaml';

describe('parseYaml', () => {
  test('keeps where every key and value stands', () => {
    const { root } = parseYaml('version: "1.0"\nenvironments:\n  default:\n    storage: { port: 5001 }\n', FILE);
    const found = JSON.stringify(root);
    expect(found).toContain(
      '{"key":"port","at":{"line":4,"column":16},"value":{"kind":"scalar","value":5001,"at":{"line":4,"column":22}}}',
    );
  });

  test('resolves anchors', () => {
    const { root } = parseYaml('a: &x { port: 1 }\nb: *x\n', FILE);
    expect(root && toPlain(root)).toEqual({ a: { port: 1 }, b: { port: 1 } });
  });

  test('an empty file is an empty map', () => {
    expect(parseYaml('', FILE).root).toMatchObject({ kind: 'map', entries: [] });
    expect(parseYaml('# nothing\n', FILE).root).toMatchObject({ kind: 'map', entries: [] });
  });

  test('reports syntax errors with position and code frame', () => {
    const { root, mistakes } = parseYaml('version: "1.0"\nenvironments: [\n', FILE);
    expect(root).toBeNull();
    expect(mistakes[0]).toMatchObject({ file: FILE, line: 3, reason: expect.stringMatching(/^YAML: /) });
  });

  test('reports a key that is given twice', () => {
    const { mistakes } = parseYaml('a: 1\na: 2\n', FILE);
    expect(mistakes).toEqual([expect.objectContaining({ line: 2, column: 1, frame: '  2 | a: 2\n    | ^' })]);
  });

  test('reports a second document and an unknown anchor', () => {
    expect(parseYaml('a: 1\n---\nb: 2\n', FILE).mistakes).toHaveLength(1);
    expect(parseYaml('a: *nothing\n', FILE).mistakes).toHaveLength(1);
  });

  test('never shows a secret in a code frame', () => {
    const { mistakes } = parseYaml('admin:\n  password: hunter2: oops\n', FILE);
    expect(mistakes[0]?.frame).toContain('password: ***');
    expect(JSON.stringify(mistakes)).not.toContain('hunter2');
    expect(JSON.stringify(parseYaml('admin:\n  password: *hunter2\n', FILE).mistakes)).not.toContain('hunter2');
    expect(JSON.stringify(parseYaml('admin: { port: 1, password: @hunter2 }\n', FILE).mistakes)).not.toContain('hunter2');
    expect(JSON.stringify(parseYaml('admin:\n  password: >-\n    hunter2\n   bad: indent\n', FILE).mistakes)).not.toContain('hunter2');
  });

  test('stops at aliases that multiply without bound', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level += 1)
      lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
    expect(parseYaml(lines.join('\n'), FILE).mistakes).toEqual([
      expect.objectContaining({ reason: 'YAML: the document is too large or too deep' }),
    ]);
  });
});
