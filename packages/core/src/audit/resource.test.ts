import { bucketsGet } from '@supastor/contract/operations/buckets';
import { policiesCreate } from '@supastor/contract/operations/policies';
import { systemInfo } from '@supastor/contract/operations/system';
import { expect, test } from 'vitest';
import { resourceOf } from './resource.ts';

test('a resource is called by what it is, in the singular', () => {
  expect(resourceOf(bucketsGet, { bucket: 'photos' })).toBe('bucket/photos');
  expect(resourceOf(policiesCreate, { name: 'own folder' })).toBe('policy/own folder');
});

test('what names nothing has no resource', () => {
  expect(resourceOf(systemInfo, {})).toBeNull();
  expect(resourceOf(systemInfo, null)).toBeNull();
});
