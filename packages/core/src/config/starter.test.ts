import { describe, expect, test } from 'vitest';
import { projectNameFrom, renderStarterYaml } from './starter.ts';

describe('projectNameFrom', () => {
  test.each([
    ['my-project', 'my-project'],
    ['My Project!', 'my-project'],
    ['Größe', 'gro-e'],
    ['___', 'supastor'],
    ['', 'supastor'],
    ['x'.repeat(80), 'x'.repeat(40)],
  ])('makes "%s" into "%s"', (directory, expected) => {
    expect(projectNameFrom(directory)).toBe(expected);
  });
});

describe('renderStarterYaml', () => {
  test('begins with the schema that editors read', () => {
    expect(renderStarterYaml({ name: 'x', mode: 'dev' }).split('\n')[0]).toBe(
      '# yaml-language-server: $schema=.supastor/config.schema.json',
    );
  });

  test('writes the ports that were chosen and only mentions the others', () => {
    const text = renderStarterYaml({ name: 'x', mode: 'dev', ports: { storage: 5001 } });
    expect(text).toContain('      port: 5001\n');
    expect(text).toContain('      # port: 8080\n');
  });
});
