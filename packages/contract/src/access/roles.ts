/** A role that every installation has. Patterns are `resource:verb`, where `*` stands for any. */
interface BuiltInRole {
  readonly name: string;
  readonly description: string;
  readonly allows: readonly string[];
  readonly except: readonly string[];
}

/** From the strongest to the weakest. */
export const BUILT_IN_ROLES = [
  { name: 'owner', description: 'Everything, including what roles may do', allows: ['*:*'], except: [] },
  {
    name: 'admin',
    description: 'Everything but changing roles, taking second factors and removing audit entries',
    allows: ['*:*'],
    except: ['roles:write', 'signingKeys:write', 'secondFactors:reset', 'audit:write'],
  },
  {
    name: 'operator',
    description: 'Runs services, jobs and backups; sees no objects',
    allows: ['services:*', 'jobs:*', 'backups:*', 'system:*', 'metrics:*', 'alerts:*', 'audit:read', 'buckets:read'],
    except: [],
  },
  {
    name: 'developer',
    description: 'Buckets, objects, policies and webhooks',
    allows: [
      'buckets:*',
      'objects:*',
      'policies:*',
      'links:*',
      'webhooks:*',
      'jobs:read',
      'services:read',
      'system:read',
      'metrics:read',
      'alerts:read',
    ],
    except: [],
  },
  { name: 'auditor', description: 'Reads everything but objects', allows: ['*:read'], except: ['objects:read'] },
  {
    name: 'viewer',
    description: 'Reads buckets, objects and the state of services',
    allows: ['buckets:read', 'objects:read', 'services:read', 'system:read', 'jobs:read', 'metrics:read', 'alerts:read'],
    except: [],
  },
] as const satisfies readonly BuiltInRole[];

export type BuiltInRoleName = (typeof BUILT_IN_ROLES)[number]['name'];

/** What is left to a session whose user must set up a second factor first. */
export const ENROL_PERMISSIONS: readonly string[] = ['session:read', 'account:secure'];

/** What everybody who is signed in may do, about themselves. API keys get it only when asked for. */
export const SELF_PERMISSIONS: readonly string[] = ['session:read', 'account:secure', 'account:write', 'system:read'];

/** The permissions out of `all` that a built-in role holds. Empty when there is no such role. */
export function permissionsOfRole(name: string, all: readonly string[]): readonly string[] {
  const role: BuiltInRole | undefined = BUILT_IN_ROLES.find((candidate) => candidate.name === name);
  if (!role) return [];
  return all.filter((permission) => fitsAny(role.allows, permission) && !fitsAny(role.except, permission));
}

function fitsAny(patterns: readonly string[], permission: string): boolean {
  return patterns.some((pattern) => matches(pattern, permission));
}

function matches(pattern: string, permission: string): boolean {
  const [resource, verb] = pattern.split(':');
  const [ownResource, ownVerb] = permission.split(':');
  return (resource === '*' || resource === ownResource) && (verb === '*' || verb === ownVerb);
}
