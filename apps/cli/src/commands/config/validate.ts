import { missingSecrets, publicSecrets } from '@supastor/core/secrets/require-secrets';
import { SupastorError } from '@supastor/contract/errors';
import type { LoadedConfig } from '@supastor/core/config/source';
import type { CliContext } from '../../context.ts';
import { loadConfig } from './load.ts';

/**
 * Checks the environment asked for, or with `all` every environment of the file, and says so when nothing is wrong.
 * @throws SJ_CONFIG_INVALID with every mistake
 */
export async function validateConfig(context: CliContext, all: boolean): Promise<void> {
  const first = await loadConfig(context);
  const others = all ? first.environments.filter((name) => name !== first.environment) : [];
  const loaded = [first];
  for (const name of others) loaded.push(await loadConfig(context, name));
  const environments = loaded.map(({ environment, config }) => ({ environment, mode: config.project.mode }));
  for (const one of loaded) for (const warning of secretWarnings(one)) context.output.warn(warning);
  refusePublicInProd(loaded);
  context.output.result({ valid: true, environments, files: first.files }, (value, style) =>
    value.environments.map(({ environment, mode }) => `${style.green('valid')} environment ${environment} (${mode})`).join('\n'),
  );
}

function secretWarnings({ environment, config }: LoadedConfig): readonly string[] {
  const missing = missingSecrets(config).map(({ envName }) => envName);
  const known = config.project.mode === 'prod' ? [] : publicSecrets(config).map(({ envName }) => envName);
  return [
    ...(missing.length > 0 ? [`environment ${environment}: not set yet: ${missing.join(', ')}; supastor init generates them`] : []),
    ...(known.length > 0 ? [`environment ${environment}: publicly known values: ${known.join(', ')}`] : []),
  ];
}

function refusePublicInProd(loaded: readonly LoadedConfig[]): void {
  const known = loaded.flatMap(({ environment, config }) =>
    config.project.mode === 'prod' ? publicSecrets(config).map(({ path }) => ({ environment, path })) : [],
  );
  if (known.length === 0) return;
  const list = known.map(({ environment, path }) => `${path} (${environment})`).join(', ');
  throw new SupastorError('SJ_CONFIG_INVALID', `publicly known secrets are refused in mode prod: ${list}`, {
    hint: 'delete them from .env and run `supastor init --prod`: it generates strong ones',
    meta: { known },
  });
}
