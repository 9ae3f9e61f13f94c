import { expect, test } from 'vitest';
import { resumableDoor } from './resumable-door.ts';

test.each([
  ['http://127.0.0.1:5000/object/upload/sign/box/a/b.bin?token=t.o.k', 'http://127.0.0.1:5000/upload/resumable/sign'],
  [
    'https://x.example/storage/v1/object/upload/sign/box/object/upload/sign/a?token=t.o.k',
    'https://x.example/storage/v1/upload/resumable/sign',
  ],
])('%s begins at %s', (url, endpoint) => {
  expect(resumableDoor(url)).toEqual({ endpoint, token: 't.o.k' });
});

test('any other address is refused', () => {
  expect(() => resumableDoor('https://x.example/elsewhere')).toThrow('not one of storage');
});
