import { expect, test } from 'vitest';
import { parsePrometheusText } from './prometheus-text.ts';

test('reads names, labels with escapes, special values and time stamps', () => {
  const text = String.raw`# HELP a help
# TYPE a counter
a 1
a{} 2
b{x="1", y = "two, \"three\" } \\ \n"} 3.5e3 1700000000000
c{le="+Inf",} +Inf
d -Inf
e NaN`;
  expect(parsePrometheusText(text)).toEqual([
    { name: 'a', labels: {}, value: 1 },
    { name: 'a', labels: {}, value: 2 },
    { name: 'b', labels: { x: '1', y: 'two, "three" } \\ \n' }, value: 3500 },
    { name: 'c', labels: { le: '+Inf' }, value: Number.POSITIVE_INFINITY },
    { name: 'd', labels: {}, value: Number.NEGATIVE_INFINITY },
    { name: 'e', labels: {}, value: Number.NaN },
  ]);
});

test.each(['a', 'a b', '1a 2', 'a{x=1} 2', 'a{x="1" 2', 'a{x="1"y="2"} 3', '<html>', 'a{x="1"} 1 2 3'])('leaves out %s', (line) => {
  expect(parsePrometheusText(`${line}\nfine 1`)).toEqual([{ name: 'fine', labels: {}, value: 1 }]);
});

test('stops at the number of samples it was told', () => {
  expect(parsePrometheusText('a 1\nb 2\nc 3', 2)).toHaveLength(2);
});
