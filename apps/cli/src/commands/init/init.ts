import { initProject, type InitOptions, type InitResult } from '@supastor/adapters/config-files/init-project';
import { CONFIG_FILE_NAME } from '@supastor/contract/config/schema';
import { SupastorError } from '@supastor/contract/errors';
import type { CliContext, Style } from '../../context.ts';
import type { InitFlags } from './init.command.ts';

/** Makes a project in the chosen directory; asks for what a person may want to decide, when there is one. */
export async function runInit(context: CliContext, flags: InitFlags): Promise<void> {
  if (flags.dev === true && flags.prod === true) {
    throw new SupastorError('SJ_USAGE', '--dev and --prod exclude each other', { hint: 'give one of them, or none for --dev' });
  }
  if (flags.name !== undefined) checkName(flags.name);
  const options: InitOptions = {
    projectDir: context.projectDir,
    mode: flags.prod === true ? 'prod' : 'dev',
    force: flags.force === true,
    ...(flags.name === undefined ? {} : { name: flags.name }),
  };
  const { askAnswers } = await import('./questions.ts');
  const answers = context.isTty && !context.assumeYes ? await askAnswers(options, context.signal) : {};
  const result = await initProject({ ...options, ...answers });
  for (const warning of result.warnings) context.output.warn(warning);
  context.output.result(result, formatResult);
}

function checkName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return;
  throw new SupastorError('SJ_USAGE', `"${name}" is no project name`, { hint: 'use 1-40 lower-case letters, digits and dashes' });
}

function formatResult(result: InitResult, style: Style): string {
  const lines = [
    ...result.created.map((name) => `${style.green('created')}  ${name}`),
    ...result.updated.map((name) => `${style.green('updated')}  ${name}`),
    ...result.kept.map((name) => `${style.dim('kept')}     ${name}`),
  ];
  if (result.generated.length > 0) lines.push('', `Generated ${result.generated.join(', ')} in .env (only you can read it).`);
  const next = result.created.includes(CONFIG_FILE_NAME) ? 'supastor up' : 'supastor doctor';
  return [...lines, '', `Next: ${style.bold(next)}`].join('\n');
}
