import { expect, test } from 'vitest';
import { readFailure, UploadConflict, UploadInterrupted } from './upload-errors.ts';

test('any 2xx answer is an acceptance', () => {
  expect(readFailure(200, '{"Key":"b/a"}')).toBeNull();
});

test.each([
  [400, '{"statusCode":"409","error":"Duplicate","message":"The resource already exists"}'],
  [409, ''],
])('%d %s is a conflict', (status, body) => {
  expect(readFailure(status, body)).toBeInstanceOf(UploadConflict);
});

test('other refusals keep the words of storage, or say the status', () => {
  const refused = readFailure(400, '{"statusCode":"415","error":"invalid_mime_type","message":"mime type text/x is not supported"}');
  expect(refused?.message).toBe('mime type text/x is not supported');
  expect(refused).not.toBeInstanceOf(UploadConflict);
  expect(refused).not.toBeInstanceOf(UploadInterrupted);
  expect(readFailure(502, '<html>')?.message).toBe('Storage answered 502.');
});

test.each([423, 429, 502, 503, 504])('%d passes by itself', (status) => {
  expect(readFailure(status, '')).toMatchObject({ name: 'UploadInterrupted', answered: true });
});
