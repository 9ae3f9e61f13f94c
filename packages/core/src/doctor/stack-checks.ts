import type { ServiceStatus } from '@supastor/contract/wire/service-status';
import { fail, ok, skip, warn, type Verdict } from './verdict.ts';

export interface PortFact {
  /** `storage.http` */
  readonly name: string;
  readonly port: number;
  readonly holder: 'nobody' | 'us' | 'other';
}

/** Taken ports are no failure: `up` chooses others and says so. */
export function checkPorts(facts: readonly PortFact[]): Verdict {
  const taken = facts.filter((fact) => fact.holder === 'other').map((fact) => `${fact.port} (${fact.name})`);
  if (taken.length > 0)
    return warn(`taken by another program: ${taken.join(', ')}`, '`supastor up` chooses free ones; set <service>.port to decide yourself');
  return ok(facts.map((fact) => `${fact.port} ${fact.holder === 'us' ? 'ours' : 'free'}`).join(', '));
}

export type SupervisorFact =
  | { readonly kind: 'absent' }
  | { readonly kind: 'running'; readonly services: readonly ServiceStatus[] }
  | { readonly kind: 'stale'; readonly detail: string }
  | { readonly kind: 'unreachable'; readonly pid: number };

export function checkSupervisor(fact: SupervisorFact): Verdict {
  switch (fact.kind) {
    case 'absent':
      return skip('the stack is not running');
    case 'running':
      return ok('answers on its control socket');
    case 'stale':
      return warn(fact.detail, '`supastor up` takes over what is left; `supastor down` clears it');
    default:
      return fail(`process ${fact.pid} lives but does not answer`, 'run `supastor logs`, then `supastor down` and `supastor up`');
  }
}

export function checkServices(fact: SupervisorFact): Verdict {
  if (fact.kind !== 'running') return skip(fact.kind === 'absent' ? 'the stack is not running' : 'the supervisor does not answer');
  const bad = fact.services.filter((service) => service.state !== 'healthy');
  if (bad.length === 0) return ok(fact.services.map((service) => `${service.name} healthy`).join(', '));
  const detail = bad
    .map((service) => `${service.name} ${service.state}${service.detail === null ? '' : ` (${service.detail})`}`)
    .join(', ');
  return fail(detail, `supastor logs ${bad[0]?.name ?? ''} says why; supastor restart ${bad[0]?.name ?? ''} tries again`);
}

/** `blocking` is the first directory the user that runs Postgres may not pass; null when the way is free. `user` null: no such user. */
export function checkPostgresUser(fact: { readonly root: boolean; readonly user: boolean; readonly blocking: string | null }): Verdict {
  if (!fact.root) return ok('Postgres runs as this user');
  if (!fact.user)
    return fail(
      'Postgres does not run as root, and there is neither a user postgres nor nobody',
      'run as a normal user, or create a user postgres',
    );
  if (fact.blocking === null) return ok('the user that runs Postgres can reach the project');
  return warn(
    `the user that runs Postgres may not pass ${fact.blocking}, so its data is kept outside the project`,
    `move the project, or chmod o+x ${fact.blocking}`,
  );
}

/** `problem` is why nothing could be written; null when it could. */
export function checkStateDir(path: string, problem: string | null): Verdict {
  return problem === null ? ok(path) : fail(`${path}: ${problem}`, `make it writable for this user: chown or chmod u+w ${path}`);
}
