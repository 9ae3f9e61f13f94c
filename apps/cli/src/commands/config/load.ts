import { loadProjectConfig } from '@supastor/adapters/config-files/load-project-config';
import { formatMistake } from '@supastor/core/config/mistakes';
import type { LoadedConfig } from '@supastor/core/config/source';
import type { CliContext } from '../../context.ts';

/** The configuration the command line asks for; warnings go to stderr. @throws as loadProjectConfig */
export async function loadConfig(context: CliContext, environment = context.environment): Promise<LoadedConfig> {
  const { projectDir, env, flags, signal, output } = context;
  const loaded = await loadProjectConfig({ projectDir, environment, env, flags, signal });
  for (const warning of loaded.warnings) output.warn(formatMistake(warning));
  return loaded;
}
