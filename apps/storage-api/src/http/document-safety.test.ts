import { expect, test } from 'vitest';
import { mayBeDocument } from './document-safety.ts';

test.each([
  'text/html',
  ' TeXt/HtMl;charset=utf-7',
  'image/svg+xml',
  'image/png, image/svg+xml',
  'image/png+xml',
  'application/xhtml+xml',
  'text/xsl',
  'text/javascript',
  'multipart/x-mixed-replace; boundary=x',
  'multipart/related',
  'message/rfc822',
  'application/hta',
  'unknown/unknown',
  '*/*',
  'html',
  '',
])('%s may be a document', (type) => {
  expect(mayBeDocument(type)).toBe(true);
});

test.each([
  'image/png',
  'IMAGE/JPEG',
  'video/mp4; codecs="avc1"',
  'audio/mpeg',
  'font/woff2',
  'text/plain; charset=utf-8',
  'application/pdf',
])('%s is none', (type) => {
  expect(mayBeDocument(type)).toBe(false);
});
