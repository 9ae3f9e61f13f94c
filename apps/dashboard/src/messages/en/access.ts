/** What the access page gained since the catalogue exists. */
export const access = {
  roles: 'Roles',
  rolesText: 'What a role allows, wherever it is granted. Built-in ones are the same everywhere.',
  builtIn: 'Built in',
  permissions: (count: number) => (count === 1 ? '1 permission' : `${count} permissions`),
  show: (name: string) => `Permissions of ${name}`,
  showIt: 'Permissions',
  close: 'Close',
};
