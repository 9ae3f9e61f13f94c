import type { ApplyEvent } from '@supastor/core/stack/apply';
import { expect, test } from 'vitest';
import type { Output } from '../../context.ts';
import { createStyle } from '../../output/style.ts';
import { stepReporter } from './progress.ts';

const step = { id: 'pull x:1', kind: 'pull-image', image: 'x:1', after: [] } as const;

function report(events: readonly (ApplyEvent & { readonly atMs?: number })[]): readonly string[] {
  const lines: string[] = [];
  let nowMs = 0;
  const output: Output = {
    format: 'text',
    extraFormat: null,
    style: createStyle(false),
    result: () => undefined,
    record: () => undefined,
    line: () => undefined,
    progress: (line) => void lines.push(line.replace(/ +/g, ' ')),
    warn: () => undefined,
  };
  const hear = stepReporter({ output }, () => nowMs);
  for (const { atMs = 0, ...event } of events) {
    nowMs = atMs;
    hear(event);
  }
  return lines;
}

test('a pull says now and then how far it is, and in the end the digest', () => {
  const lines = report([
    { kind: 'step-started', step },
    { kind: 'step-progress', step, text: '1 % of 20 MB', atMs: 100 },
    { kind: 'step-progress', step, text: '40 % of 20 MB', atMs: 3100 },
    { kind: 'step-progress', step, text: '50 % of 20 MB', atMs: 4000 },
    { kind: 'step-progress', step, text: 'sha256:abc', atMs: 4100 },
    { kind: 'step-done', step, durationMs: 4200 },
  ]);
  expect(lines).toEqual([' x:1 40 % of 20 MB', ' ✓ x:1 pulled 4.20 s sha256:abc']);
});

test('a step that says nothing of itself is one line', () => {
  expect(
    report([
      { kind: 'step-started', step },
      { kind: 'step-failed', step, durationMs: 10, error: new Error('no') },
    ]),
  ).toEqual([' ✗ x:1 failed (pull-image) 0.01 s']);
});
