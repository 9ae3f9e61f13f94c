import type { Config } from '@supastor/contract/config/schema';
import { formatMistake } from '../config/mistakes.ts';
import type { Mistake } from '../config/source.ts';
import { checkApiKeys } from '../secrets/generate-secrets.ts';
import { missingSecrets, publicSecrets } from '../secrets/require-secrets.ts';
import { fail, ok, skip, warn, type Verdict } from './verdict.ts';

export function checkSecrets(config: Config): Verdict {
  const missing = missingSecrets(config).map(({ envName }) => envName);
  if (missing.length > 0) return fail(`not set: ${missing.join(', ')}`, 'run `supastor init`: it generates what is missing');
  const known = publicSecrets(config).map(({ envName }) => envName);
  if (known.length === 0) return ok('all set, none publicly known');
  const fix = 'delete these lines from .env and run `supastor init`: it generates strong ones';
  const detail = `publicly known: ${known.join(', ')}`;
  return config.project.mode === 'prod' ? fail(detail, fix) : warn(detail, fix);
}

export function checkKeys(config: Config, nowMs: number): Verdict {
  const { jwtSecret, anonKey, serviceRoleKey } = config.auth;
  if (!jwtSecret || (!anonKey && !serviceRoleKey)) return skip('there are no keys yet');
  const problems = checkApiKeys(
    { jwtSecret: jwtSecret.reveal(), anonKey: anonKey?.reveal(), serviceRoleKey: serviceRoleKey?.reveal() },
    nowMs,
  );
  if (problems.length === 0) return ok('anon and service_role keys fit the JWT secret');
  return fail(problems.join('; '), 'delete ANON_KEY and SERVICE_ROLE_KEY from .env and run `supastor init`: it signs new ones');
}

/** `mode` are the permission bits of .env; null when there is no such file. */
export function checkEnvMode(mode: number | null): Verdict {
  if (mode === null) return skip('there is no .env');
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  return (mode & 0o077) === 0 ? ok(`.env is ${shown}`) : fail(`.env is ${shown}: other users can reach it`, 'chmod 600 .env');
}

/** `ignores` are the lines of every .gitignore that applies; null outside a git repository. */
export function checkGitignore(ignores: readonly string[] | null): Verdict {
  if (ignores === null) return skip('not in a git repository');
  const patterns = new Set(ignores.map((line) => line.trim().replace(/^\//, '').replace(/\/$/, '')));
  const covered = (names: readonly string[]) => names.some((name) => patterns.has(name));
  const missing = [
    ...(covered(['.env', '.env*', '*.env', '**/.env']) ? [] : ['.env']),
    ...(covered(['.supastor', '.supastor/*', '.supastor/**', '**/.supastor']) ? [] : ['.supastor/']),
  ];
  if (missing.length === 0) return ok('.env and .supastor are ignored');
  return fail(`not ignored: ${missing.join(', ')}`, 'run `supastor init`, or add the lines to .gitignore: secrets would be committed');
}

/** Misspelt variable names, which set nothing. */
export function checkVariableNames(warnings: readonly Mistake[]): Verdict {
  if (warnings.length === 0) return ok('no misspelt variables');
  return warn(warnings.map(formatMistake).join('; '), 'correct the names, or remove the variables');
}

const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost'];

/** Listeners that other machines can reach although they should not. */
export function checkExposure(config: Config): Verdict {
  if (!LOOPBACK.includes(config.meta.host)) {
    return fail(`postgres-meta listens on ${config.meta.host} and runs any SQL it is sent`, 'set meta.host: 127.0.0.1');
  }
  const open = [
    ...(config.postgres.managed && !LOOPBACK.includes(config.postgres.host) ? [`postgres on ${config.postgres.host}`] : []),
    ...(LOOPBACK.includes(config.admin.host) ? [] : [`dashboard on ${config.admin.host}`]),
  ];
  if (open.length === 0) return ok('only storage may be reachable from other machines');
  return warn(`other machines reach ${open.join(' and ')} without TLS`, 'listen on 127.0.0.1 and put a TLS proxy in front');
}
