import { expect, test } from 'vitest';
import { measureInTable, parseCpuTime, parseProcessTable } from './process-table.ts';

test.each([
  ['0:00.05', 0.05],
  ['12:34', 754],
  ['01:00:01', 3601],
  ['2-03:00:00', 183_600],
  ['-', null],
])('the time %s is %s s', (text, seconds) => {
  expect(parseCpuTime(text)).toBe(seconds);
});

test('a process counts with all that descend from it, and with nobody else', () => {
  const table = parseProcessTable(
    '    1     0  1000   0:01.00\n   10     1   100   0:00.50\n   11    10    10   1:00.00\n   12     1     1 9:00.00\n',
  );
  expect(measureInTable(table, 10)).toEqual({ cpuSeconds: 60.5, rssBytes: 110 * 1024 });
  expect(measureInTable(table, 99)).toBeNull();
});
