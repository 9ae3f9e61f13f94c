import { expect, test } from 'vitest';
import { fuzzyFilter, fuzzyScore } from './fuzzy.ts';

const filter = (query: string, ...items: string[]) => fuzzyFilter(query, items, (item) => item);

test('letters have to come in order', () => {
  expect(fuzzyScore('bkt', 'Buckets')).not.toBeNull();
  expect(fuzzyScore('tkb', 'Buckets')).toBeNull();
  expect(fuzzyScore('bucketss', 'Buckets')).toBeNull();
});

test('starts of words and letters in a row win', () => {
  expect(filter('sl', 'Usage levels', 'Service logs')).toEqual(['Service logs', 'Usage levels']);
  expect(filter('log', 'live organ', 'Service logs', 'Long ago')).toEqual(['Service logs', 'Long ago', 'live organ']);
  expect(filter('pho', 'photos', 'p-h-other', 'phantom-o')[0]).toBe('photos');
});

test('case, accents and spaces make no difference', () => {
  expect(filter('uber sicht', 'Übersicht', 'Uhr')).toEqual(['Übersicht']);
});

test('without a question everything stays as it was', () => {
  expect(filter('', 'b', 'a')).toEqual(['b', 'a']);
});
