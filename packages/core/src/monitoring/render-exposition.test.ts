import { expect, test } from 'vitest';
import { parsePrometheusText } from './prometheus-text.ts';
import { renderExposition } from './render-exposition.ts';

test('what is written is read again as it was, whatever a bucket is called', () => {
  const labels = { bucket: 'a "quoted" \\ name\nwith a line' };
  const text = renderExposition([
    { name: 'supastor_bucket_bytes', help: 'Bytes\nof a bucket.', samples: [{ labels, value: 12 }] },
    { name: 'supastor_none', help: 'Nothing.', samples: [] },
    { name: 'supastor_total', help: 'All.', samples: [{ labels: {}, value: 1.5 }] },
  ]);
  expect(parsePrometheusText(text)).toEqual([
    { name: 'supastor_bucket_bytes', labels, value: 12 },
    { name: 'supastor_total', labels: {}, value: 1.5 },
  ]);
  expect(text.split('\n').filter((line) => line.startsWith('# TYPE'))).toEqual([
    '# TYPE supastor_bucket_bytes gauge',
    '# TYPE supastor_total gauge',
  ]);
});
