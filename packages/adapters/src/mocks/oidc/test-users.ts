import { BUILT_IN_ROLES } from '@supastor/contract/access/roles';

/** Somebody who can sign in; the key is their subject and login name. */
export interface TestUser {
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
  readonly groups: readonly string[];
}

const NAMES: Readonly<Record<string, string>> = {
  owner: 'Olivia Owner',
  admin: 'Adam Admin',
  operator: 'Oscar Operator',
  developer: 'Dana Developer',
  auditor: 'Audrey Auditor',
  viewer: 'Victor Viewer',
};

/** One user for each built-in role, in the group of that name, and one in no group at all. */
export function testUsers(): Map<string, TestUser> {
  const users = BUILT_IN_ROLES.map(({ name: role }): [string, TestUser] => [
    role,
    { email: `${role}@example.test`, email_verified: true, name: NAMES[role] ?? role, groups: [role] },
  ]);
  const stranger: TestUser = { email: 'nobody@example.test', email_verified: true, name: 'Nora Nobody', groups: [] };
  return new Map([...users, ['nobody', stranger]]);
}
