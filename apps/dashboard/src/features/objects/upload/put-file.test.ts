import { expect, test } from 'vitest';
import { readFailure } from './put-file.ts';
import { UploadConflict } from './upload-manager.ts';

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
  expect(readFailure(502, '<html>')?.message).toBe('Storage answered 502.');
});
