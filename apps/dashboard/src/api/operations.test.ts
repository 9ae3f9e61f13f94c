import { OPERATIONS } from '@supastor/contract/operations/all';
import { expect, test } from 'vitest';
import { operations } from './operations.ts';

test('the written-out routes are those of the contract, none missing', () => {
  const routes = Object.values(operations).map(({ name, method, path }) => ({ name, method, path }));
  const contract = OPERATIONS.map(({ name, rest }) => ({ name, method: rest.method, path: rest.path }));
  expect(routes.toSorted(byName)).toEqual(contract.toSorted(byName));
});

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name.localeCompare(b.name);
}
