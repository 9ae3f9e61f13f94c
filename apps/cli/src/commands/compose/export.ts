import { relative, resolve } from 'node:path';
import { engineNames } from '@supastor/adapters/compose/engine-names';
import { writeExport } from '@supastor/adapters/compose/write-export';
import { loadProjectConfig } from '@supastor/adapters/config-files/load-project-config';
import { SupastorError } from '@supastor/contract/errors';
import { CONFIGS_DIR, SECRETS_DIR } from '@supastor/core/compose/compose-file';
import { exportCompose } from '@supastor/core/compose/export-compose';
import { formatMistake } from '@supastor/core/config/mistakes';
import { buildContainerStack } from '@supastor/core/stack/containers/desired-containers';
import type { CliContext } from '../../context.ts';
import { effectiveExtras, parseExtras } from '../stack/containers/extras.ts';
import { configureScale, parseScale } from '../stack/containers/scale.ts';
import { loadOptions } from '../stack/open-stack.ts';

export interface ExportFlags {
  readonly out: string;
  readonly scale?: readonly string[];
  readonly with?: readonly string[];
  readonly force?: boolean;
}

/** Writes the configured stack as a compose file. Needs no engine. */
export async function runExport(context: CliContext, flags: ExportFlags): Promise<void> {
  const { config: loaded, environment, warnings } = await loadProjectConfig(loadOptions(context, {}));
  for (const warning of warnings) context.output.warn(formatMistake(warning));
  if (loaded.project.target !== 'docker') {
    throw new SupastorError('SJ_TARGET_UNSUPPORTED', `The target ${loaded.project.target} runs no containers of one engine`, {
      hint: 'set project.target: docker',
    });
  }
  const { config } = effectiveExtras(configureScale(loaded, parseScale(flags.scale ?? [])), parseExtras(flags), null);
  const names = engineNames({ project: config.project.name, environment });
  const made = exportCompose(buildContainerStack(config, environment), config, names);
  const path = resolve(context.projectDir, flags.out);
  const { written, kept } = await writeExport(path, made, flags.force === true);
  const shown = (file: string) => relative(context.projectDir, file) || file;
  const count = (secret: boolean) => made.attachments.filter((file) => file.secret === secret).length;
  context.output.result({ file: path, written: written.map(shown), kept: kept.map(shown) }, (_, style) =>
    [
      `${style.bold(shown(path))} ${written.includes(path) ? 'is written' : 'was the same already'}`,
      `${count(true)} secrets are in ${SECRETS_DIR}/, which only its owner can enter; ${count(false)} settings in ${CONFIGS_DIR}/`,
      `Start it with ${style.bold(`docker compose -f ${shown(path)} up -d --wait`)}, after ${style.bold('supastor down')} where the stack runs`,
    ].join('\n'),
  );
}
