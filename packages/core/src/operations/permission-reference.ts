import { BUILT_IN_ROLES, permissionsOfRole, SELF_PERMISSIONS } from '@supastor/contract/access/roles';
import { OPERATIONS, PERMISSIONS } from '@supastor/contract/operations/all';

/** Roles and what each may run, as a Markdown page. */
export function renderPermissionReference(): string {
  const names: readonly string[] = BUILT_IN_ROLES.map(({ name }) => name);
  const held = new Map(names.map((name) => [name, new Set([...permissionsOfRole(name, PERMISSIONS), ...SELF_PERMISSIONS])]));
  const mark = (name: string, permission: string | null) => (permission === null || held.get(name)?.has(permission) === true ? 'yes' : '');
  return [
    '# Permissions',
    '',
    'Generated from the operation registry and the built-in roles (`packages/contract/src/access/roles.ts`); do not edit.',
    '',
    '## Roles',
    '',
    '| Role | May do |',
    '| --- | --- |',
    ...BUILT_IN_ROLES.map(({ name, description }) => `| \`${name}\` | ${description} |`),
    '',
    `Whoever is signed in holds ${SELF_PERMISSIONS.map((permission) => `\`${permission}\``).join(', ')} for themselves.`,
    '',
    '## Permissions and who holds them',
    '',
    `| Permission | ${names.join(' | ')} |`,
    `| --- | ${names.map(() => ':-:').join(' | ')} |`,
    ...PERMISSIONS.map((permission) => `| \`${permission}\` | ${names.map((name) => mark(name, permission)).join(' | ')} |`),
    '',
    '## Operations and who may run them',
    '',
    'Nobody who is not signed in runs anything but what is open to anyone. An API key runs what its permissions and its maker allow, and none',
    'of what is for people only (`account.*`). With a scope, what is outside looks as if it did not exist. A test asks a running server as each',
    'of these identities; an operation without a row in `packages/core/src/access/testing/role-table.ts` fails it.',
    '',
    `| Operation | Permission | ${names.join(' | ')} |`,
    `| --- | --- | ${names.map(() => ':-:').join(' | ')} |`,
    ...OPERATIONS.map(
      ({ name, permission }) =>
        `| \`${name}\` | ${permission === null ? 'anyone' : `\`${permission}\``} | ${names.map((role) => mark(role, permission)).join(' | ')} |`,
    ),
  ].join('\n');
}
