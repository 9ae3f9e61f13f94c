import type { Logger } from '@supastor/adapters/telemetry/logger';
import { SupastorError } from '@supastor/contract/errors';
import type { PoolClient } from 'pg';
import { databaseErrorCode } from '../database-error.ts';
import { type AdoptionPlan, FIRST_MIGRATION, planAdoption } from './plan-adoption.ts';
import { readSchemaFacts } from './schema-facts.ts';

/** Longest wait for others to let go of the tables. */
const LOCK_TIMEOUT = '30s';
const LOCK_NOT_AVAILABLE = '55P03';

export interface AdoptionOptions {
  /** Our migrations, whose tables and functions need their names. */
  readonly migrations: readonly { readonly sql: string }[];
  /** Makes the table of applied migrations. */
  readonly prepare: string;
  readonly logger: Logger;
}

/**
 * Takes over a schema that the original has made, in one transaction: afterwards it looks as if our first migration had made it.
 * Does nothing where there is none. The caller holds the lock of migrations.
 * @throws SupastorError SJ_SCHEMA_REFUSED; nothing was changed then
 */
export async function adoptSchema(client: PoolClient, { migrations, prepare, logger }: AdoptionOptions): Promise<void> {
  const names = reservedNames(migrations);
  const decide = async () => required(planAdoption(await readSchemaFacts(client), names));
  if ((await decide()).kind === 'none') return;
  await client.query(`begin; set local statement_timeout = 0; set local lock_timeout = '${LOCK_TIMEOUT}'`);
  try {
    await client.query('lock table storage.buckets, storage.objects in access exclusive mode');
    const plan = await decide();
    if (plan.kind === 'adopt') {
      logger.warn({ upstream: plan.upstream, steps: plan.steps.map(({ label }) => label) }, 'taking over a schema of Supabase Storage');
      for (const { sql } of plan.steps) await client.query(sql);
      await client.query(prepare);
      await client.query('insert into storage.supastor_migrations (name) values ($1)', [FIRST_MIGRATION]);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw databaseErrorCode(error) === LOCK_NOT_AVAILABLE ? inUse(error) : error;
  }
}

function required(plan: AdoptionPlan): Exclude<AdoptionPlan, { kind: 'refuse' }> {
  if (plan.kind !== 'refuse') return plan;
  throw new SupastorError(
    'SJ_SCHEMA_REFUSED',
    `schema storage cannot be taken over; nothing was changed:\n- ${plan.reasons.join('\n- ')}`,
    {
      hint: 'Put right what is named and start again, or use a database without a schema storage.',
      meta: { reasons: plan.reasons },
    },
  );
}

function inUse(cause: unknown): SupastorError {
  return new SupastorError('SJ_SCHEMA_REFUSED', 'the tables of schema storage are in use; nothing was changed', {
    hint: 'Stop the original server and what else uses storage.objects, then start again.',
    cause,
  });
}

/** Tables and functions of schema storage that the migrations make. */
function reservedNames(migrations: AdoptionOptions['migrations']): { tables: readonly string[]; functions: readonly string[] } {
  const named = (pattern: RegExp) => migrations.flatMap(({ sql }) => [...sql.matchAll(pattern)].map(([, name]) => name ?? ''));
  return {
    tables: [...new Set(named(/create table (?:if not exists )?storage\.(\w+)/g))],
    functions: [...new Set(named(/create (?:or replace )?function storage\.(\w+)/g))],
  };
}
