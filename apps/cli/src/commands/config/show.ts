import { renderYaml } from '@supastor/adapters/config-files/render-yaml';
import { toPlainConfig } from '@supastor/core/config/plain';
import type { CliContext } from '../../context.ts';
import { loadConfig } from './load.ts';

/** Prints the configuration in force: YAML as text, else `{environment, config}`. */
export async function showConfig(context: CliContext, revealSecrets: boolean): Promise<void> {
  const { environment, config } = await loadConfig(context);
  const result = { environment, config: toPlainConfig(config, revealSecrets) };
  context.output.result(result, (value, style) => `${style.dim(`# environment ${value.environment}`)}\n${renderYaml(value.config)}`);
}
