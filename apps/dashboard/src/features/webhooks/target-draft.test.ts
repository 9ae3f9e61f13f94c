import { expect, test } from 'vitest';
import { webhooks } from '../../messages/en/webhooks.ts';
import { draftOf, problemsOf, toInput } from './target-draft.ts';

const DRAFT = { ...draftOf(undefined), name: ' thumbnails ', url: ' https://example.com/hook ' };

test('an empty draft names what is missing', () => {
  expect(Object.keys(problemsOf(webhooks.problems, draftOf(undefined)))).toEqual(['name', 'url']);
});

test.each(['example.com', 'ftp://example.com', 'javascript:alert(1)', 'https://user:secret@example.com'])(
  '%s is no address for it',
  (url) => {
    expect(problemsOf(webhooks.problems, { ...DRAFT, url })).toHaveProperty('url');
  },
);

test('spaces around are cut off, no bucket is null, and an empty token is not sent', () => {
  expect(problemsOf(webhooks.problems, DRAFT)).toEqual({});
  expect(toInput(DRAFT)).toEqual({ name: 'thumbnails', url: 'https://example.com/hook', events: [], bucket: null, prefix: '' });
  expect(toInput({ ...DRAFT, bucket: 'photos', bearer: 't' })).toMatchObject({ bucket: 'photos', bearer: 't' });
});
