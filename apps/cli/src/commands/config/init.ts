import { initConfigFile } from '@supastor/adapters/config-files/init-config-file';
import type { CliContext } from '../../context.ts';

/** Writes a starter supastor.config.yaml without touching secrets. @throws SJ_CONFIG_EXISTS */
export async function initConfig(context: CliContext, flags: { readonly force?: boolean; readonly name?: string }): Promise<void> {
  const path = await initConfigFile({ projectDir: context.projectDir, ...flags });
  context.output.result({ path }, (value, style) => `${style.green('wrote')} ${value.path}`);
}
