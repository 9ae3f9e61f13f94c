import { SupastorError } from '@supastor/contract/errors';
import { codeOf, explainLoss } from '../query.ts';

/** What Postgres says about SQL that a caller wrote. */
const CALLERS_FAULT = /^(?:42[^5]..|22...|0A000)$/;

/** Turns a refusal of Postgres into an error for whoever wrote the policy; anything else is rethrown. */
export function explainRefusal(error: unknown, owner: string): never {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (code === '42710') throw new SupastorError('SJ_CONFLICT', `Postgres: ${message}.`, { hint: 'Choose another name.', cause: error });
  if (code === '42501') {
    throw new SupastorError(
      'SJ_FORBIDDEN',
      `The database account of the admin server may not act as ${owner}, who owns the table: ${message}.`,
      {
        hint: `Let DATABASE_URL of the admin server name a superuser (supabase_admin in the official images), or grant ${owner} to its role.`,
        cause: error,
      },
    );
  }
  if (code !== undefined && CALLERS_FAULT.test(code)) {
    const errors = [{ path: 'draft', message }];
    throw new SupastorError('SJ_INPUT_INVALID', `Postgres refuses the policy: ${message}`, {
      hint: 'Mend the expression or the roles and try again.',
      cause: error,
      meta: { errors },
    });
  }
  return explainLoss(error);
}
