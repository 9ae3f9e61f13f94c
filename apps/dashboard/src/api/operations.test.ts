import { OPERATIONS } from '@supastor/contract/operations/all';
import { expect, test } from 'vitest';
import { operations } from './operations.ts';

/** A page writes out only what it uses; the others need not be here. */
test('every written-out route is one of the contract', () => {
  const routes = Object.values(operations).map(({ name, method, path }) => ({ name, method, path }));
  const contract = new Map<string, object>(OPERATIONS.map(({ name, rest }) => [name, { name, method: rest.method, path: rest.path }]));
  expect(routes).toEqual(routes.map(({ name }) => contract.get(name)));
});
