import { expect, test } from 'vitest';
import { pictureOf, publicPictureUrl, type PictureForm } from './picture-form.ts';

const FORM: PictureForm = { width: '', height: '', resize: 'contain', quality: 80, format: '' };

test.each<[Partial<PictureForm>, object]>([
  [{}, { quality: 80 }],
  [{ width: '400' }, { width: 400, resize: 'contain', quality: 80 }],
  [
    { height: '0', width: '99999', format: 'webp' },
    { width: 10_000, resize: 'contain', quality: 80, format: 'webp' },
  ],
  [{ format: 'nonsense' }, { quality: 80 }],
])('%j', (part, picture) => {
  expect(pictureOf({ ...FORM, ...part })).toEqual(picture);
});

test('the address of a public picture', () => {
  expect(publicPictureUrl('https://x.example/storage/v1/', { bucket: 'b b', path: 'a/ü.png' }, { width: 5, quality: 80 })).toBe(
    'https://x.example/storage/v1/render/image/public/b%20b/a/%C3%BC.png?width=5&quality=80',
  );
});
