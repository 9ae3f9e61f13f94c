import { expect, test } from 'vitest';
import { details } from '../../../messages/en/details.ts';
import { metadataOf, metadataProblem, rowsOfMetadata } from './metadata-form.ts';

const row = (id: number, name: string) => ({ id, name, value: '' });

test('lines lead back to what they came from, JSON included', () => {
  const metadata = { author: 'Zoë', year: 2026, tags: ['a', 'b'], number: '7' };
  expect(metadataOf(rowsOfMetadata(metadata), metadata)).toEqual(metadata);
});

test('new values are texts, changed JSON is read again, lines without a name are left out', () => {
  const rows = [
    { id: 0, name: 'year', value: '2027' },
    { id: 1, name: ' new ', value: '1' },
    { id: 2, name: '', value: 'lost' },
  ];
  expect(metadataOf(rows, { year: 2026 })).toEqual({ year: 2027, new: '1' });
});

test('a name may be there once', () => {
  expect(metadataProblem(details, [row(0, 'a'), row(1, 'a ')])).toBe('“a” is there twice.');
  expect(metadataProblem(details, [row(0, 'a'), row(1, ''), row(2, '')])).toBeNull();
});
