import { expect, test } from 'vitest';
import { CLIENTS, maskKey, writeSnippet } from './snippet-text.ts';

const url = 'http://127.0.0.1:5000/storage/v1';

test('every snippet names the address of this installation', () => {
  for (const { id } of CLIENTS) expect(writeSnippet(id, { storageUrl: url, serviceKey: 'k', s3: null })).toContain(url);
});

test('a masked key shows no more than its beginning', () => {
  expect(maskKey('eyJhbGciOiJIUzI1NiJ9.secret')).toBe('eyJhbG••••••••');
  expect(maskKey(undefined)).toBe('••••••••');
});

test('an S3 key that was made stands in its snippet', () => {
  const text = writeSnippet('s3', { storageUrl: url, serviceKey: 'k', s3: { accessKeyId: 'AKID', secretAccessKey: 'shh' } });
  expect(text).toContain('AWS_ACCESS_KEY_ID=AKID');
  expect(text).toContain('AWS_SECRET_ACCESS_KEY=shh');
});
