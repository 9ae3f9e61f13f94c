import { expect, test } from 'vitest';
import { toSearchInput } from './search-queries.ts';

test.each([
  [{}, { sort: 'name', limit: 100 }],
  [{ text: 'cat' }, { text: 'cat', sort: 'name', limit: 100 }],
  [
    { text: '**/*.png', sort: 'largest' },
    { glob: '**/*.png', sort: 'largest', limit: 100 },
  ],
  [
    { bucket: 'b', type: 'image/*', sort: 'odd' },
    { bucket: 'b', type: 'image/*', sort: 'name', limit: 100 },
  ],
])('%j asks for %j', (question, input) => {
  expect(toSearchInput(question)).toEqual(input);
});
