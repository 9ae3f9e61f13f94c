import { BUILT_IN_ROLES, permissionsOfRole, SELF_PERMISSIONS } from '@supastor/contract/access/roles';
import { OPERATIONS, PERMISSIONS } from '@supastor/contract/operations/all';
import { expect, test } from 'vitest';
import { ROLE_TABLE } from './testing/role-table.ts';

test.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
  '%s may be run by whom the table says',
  (name, { permission }) => {
    const allowed = BUILT_IN_ROLES.map((role) => role.name).filter((role) => {
      const held = [...permissionsOfRole(role, PERMISSIONS), ...SELF_PERMISSIONS];
      return permission === null || held.includes(permission);
    });
    expect({ [name]: allowed.join(' ') }).toEqual({ [name]: ROLE_TABLE[name] });
  },
);

test('the table has no rows of operations that are gone', () => {
  const names: readonly string[] = OPERATIONS.map(({ name }) => name);
  expect(Object.keys(ROLE_TABLE).filter((name) => !names.includes(name))).toEqual([]);
});
