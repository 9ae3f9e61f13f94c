import { SupastorError } from '@supastor/contract/errors';
import type { FlagValue } from '@supastor/core/config/source';
import { VERSION } from '@supastor/contract/version';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { createBind, type Host } from './bind.ts';
import { registerBackups } from './commands/backups/backups.command.ts';
import { registerCompose } from './commands/compose/compose.command.ts';
import { registerConfigCommands } from './commands/config/config.command.ts';
import { registerDoctor } from './commands/doctor/doctor.command.ts';
import { registerImages } from './commands/images/images.command.ts';
import { registerInit } from './commands/init/init.command.ts';
import { registerLogin } from './commands/login/login.command.ts';
import { namesNoun } from './commands/operations/nouns.ts';
import { registerNouns } from './commands/operations/register-nouns.ts';
import { registerS3Keys } from './commands/s3-keys/s3-keys.command.ts';
import { registerStorage } from './commands/storage/storage.command.ts';
import { registerStackCommands } from './commands/stack/register.ts';
import { registerVersion } from './commands/version/version.command.ts';
import type { RegisterCommand } from './context.ts';

const REGISTER = [
  registerInit,
  registerStackCommands,
  registerConfigCommands,
  registerS3Keys,
  registerStorage,
  registerBackups,
  registerNouns,
  registerLogin,
  registerImages,
  registerCompose,
  registerDoctor,
  registerVersion,
];

/**
 * Parses the command line and runs the command it names. Resolves to the exit code.
 * @throws SupastorError of the command; SJ_USAGE when the command line is wrong
 */
export async function runProgram(host: Host): Promise<number> {
  let exitCode = 0;
  const more = namesNoun(host.argv) ? await loadOperations() : [];
  const program = buildProgram(
    host,
    (code) => {
      exitCode = code;
    },
    more,
  );
  try {
    if (host.argv.length === 0) program.outputHelp();
    else await program.parseAsync([...host.argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw usageError(error);
  }
}

/** The commands made from the operation registry, which is read only when one of them is meant: it takes time. */
export async function loadOperations(): Promise<readonly RegisterCommand[]> {
  const { registerOperations } = await import('./commands/operations/register-operations.ts');
  return [registerOperations];
}

/** The program; `onExit` receives the exit code of the action that ran, `more` adds commands. Nothing is parsed yet. */
export function buildProgram(host: Host, onExit: (code: number) => void, more: readonly RegisterCommand[]): Command {
  const program = createProgram(host);
  const bind = createBind(host, onExit);
  for (const register of [...REGISTER, ...more]) register(program, bind);
  return program;
}

function createProgram({ stdout, stderr }: Host): Command {
  return new Command('supastor')
    .description('Run and look after Supabase-compatible object storage on your own machines.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .addOption(new Option('-o, --output <format>', 'how results are written: text, json or ndjson').default(undefined, 'text'))
    .option('--project-dir <dir>', 'directory that holds supastor.config.yaml (default: the working directory)')
    .option('-e, --env <name>', 'environment of supastor.config.yaml (default: SUPASTOR_ENV, else "default")')
    .option('--set <path=value>', 'override one setting, such as storage.port=5001; may be repeated', collectSetting)
    .option('--no-color', 'no colours; NO_COLOR does the same')
    .option('-y, --yes', 'answer every question with yes')
    .option('-q, --quiet', 'no progress, only results and problems')
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // A usage error is printed once, in the chosen format, where every other failure is.
      outputError: () => undefined,
    });
}

function collectSetting(text: string, previous: readonly FlagValue[] = []): readonly FlagValue[] {
  const split = text.indexOf('=');
  if (split < 1) throw new InvalidArgumentError('write it as path=value, such as storage.port=5001.');
  const path = text.slice(0, split).trim();
  return [...previous, { path, value: text.slice(split + 1), flag: `--set ${path}` }];
}

function usageError(error: CommanderError): SupastorError {
  if (error.code === 'commander.help') return new SupastorError('SJ_USAGE', 'name one of the commands above', { cause: error });
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = rest.map((line) => line.trim().replace(/^\(|\)$/g, '')).find((line) => line !== '');
  return new SupastorError('SJ_USAGE', first, { hint: suggestion?.replace(/^D/, 'd') ?? 'run the command with --help', cause: error });
}
