import { bucketsCreate } from '@supastor/contract/operations/buckets';
import { describe, expect, test } from 'vitest';
import { buckets } from '../../messages/en/buckets.ts';
import { checkForm, EMPTY_FORM, formOf, settingsOf } from './bucket-form.ts';

describe('checkForm', () => {
  test('accepts a name alone', () => {
    expect(checkForm(buckets.problems, { ...EMPTY_FORM, name: 'photos' })).toEqual({});
  });

  test('names every field that is wrong', () => {
    const errors = checkForm(buckets.problems, {
      name: 'a/b',
      public: true,
      sizeLimit: 'huge',
      mimeTypes: 'image/*, pictures',
      versioned: false,
    });
    expect(Object.keys(errors).toSorted()).toEqual(['mimeTypes', 'name', 'sizeLimit']);
  });

  test.each(['', 'x'.repeat(101), ' lead', 'trail ', 'ä', 'a\\b'])('refuses the name %j', (name) => {
    expect(checkForm(buckets.problems, { ...EMPTY_FORM, name })).toHaveProperty('name');
  });

  test.each(['photos', "A_!.*'() &$=@;:+,?-9"])('accepts the name %j, and so does the contract', (name) => {
    const form = { name, public: false, sizeLimit: '5 MB', mimeTypes: 'image/*  application/pdf,image/*', versioned: false };
    expect(checkForm(buckets.problems, form)).toEqual({});
    expect(bucketsCreate.input.safeParse({ name, ...settingsOf(form) }).success).toBe(true);
  });
});

test('settings name limits in bytes and each type once; empty fields lift the limit', () => {
  expect(
    settingsOf({ name: 'x', public: true, sizeLimit: '5 MB', mimeTypes: 'image/*  application/pdf,image/*', versioned: false }),
  ).toEqual({
    public: true,
    file_size_limit: 5_000_000,
    allowed_mime_types: ['image/*', 'application/pdf'],
  });
  expect(settingsOf(EMPTY_FORM)).toEqual({ public: false, file_size_limit: null, allowed_mime_types: null });
});

test('the form of a bucket leads back to the same settings', () => {
  const settings = { public: true, file_size_limit: 52_428_800, allowed_mime_types: ['image/png', 'text/*'] };
  const form = formOf({ id: 'b', name: 'b', created_at: '', updated_at: '', versioning_status: 'DISABLED', ...settings });
  expect(form.sizeLimit).toBe('50 MiB');
  expect(settingsOf(form)).toEqual(settings);
});

test.each([
  [false, 'DISABLED', undefined],
  [true, 'DISABLED', 'ENABLED'],
  [true, 'ENABLED', undefined],
  [false, 'ENABLED', 'SUSPENDED'],
  [true, 'SUSPENDED', 'ENABLED'],
  [false, 'SUSPENDED', undefined],
] as const)('versions wanted %s and before %s set %s', (versioned, before, status) => {
  expect(settingsOf({ ...EMPTY_FORM, versioned }, before).versioning_status).toBe(status);
});
