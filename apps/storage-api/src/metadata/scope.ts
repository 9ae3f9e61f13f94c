import { type Step, step } from './step.ts';

/** Who a transaction runs as and what policies can see of the request. */
export interface Scope {
  readonly role: string;
  /** Verified claims as JSON text. */
  readonly claims: string;
  readonly subject: string;
  readonly token: string;
  /** Request headers as JSON text. */
  readonly headers: string;
  readonly method: string;
  readonly path: string;
  /** Name of the operation, such as `storage.object.upload`. */
  readonly operation: string;
}

const ENTER = {
  name: 'scope_enter',
  text: `select set_config('role', $1, true), set_config('request.jwt.claim.role', $1, true), set_config('request.jwt', $2, true),
    set_config('request.jwt.claim.sub', $3, true), set_config('request.jwt.claims', $4, true), set_config('request.headers', $5, true),
    set_config('request.method', $6, true), set_config('request.path', $7, true), set_config('storage.operation', $8, true)`,
};
const LEAVE = { name: 'scope_leave', text: `select set_config('role', 'none', true)` };
const OPERATION = { name: 'scope_operation', text: `select set_config('storage.operation', $1, true)` };

/** Takes on the role and publishes the request, and runs the steps so, until the transaction ends or the scope is left. */
export function inScope(scope: Scope, steps: readonly Step<unknown>[]): readonly Step<unknown>[] {
  for (const each of steps) each.role = scope.role;
  return [enterScope(scope), ...steps];
}

function enterScope(scope: Scope): Step<never> {
  return step(ENTER, [scope.role, scope.token, scope.subject, scope.claims, scope.headers, scope.method, scope.path, scope.operation]);
}

/** Back to the service's own role, inside the same transaction. */
export function leaveScope(): Step<never> {
  return step(LEAVE);
}

/** Names the operation in a transaction of the service's own role. */
export function nameOperation(operation: string): Step<never> {
  return step(OPERATION, [operation]);
}
