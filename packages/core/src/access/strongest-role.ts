import { BUILT_IN_ROLES } from '@supastor/contract/access/roles';
import type { Grant } from './grant.ts';

/** The name to show for somebody: the strongest built-in role held, else an own one; `none` without any. */
export function strongestRole(grants: readonly Grant[]): string {
  const held = grants.map(({ role }) => role).filter((role) => role !== 'self');
  return BUILT_IN_ROLES.find(({ name }) => held.includes(name))?.name ?? held[0] ?? 'none';
}
