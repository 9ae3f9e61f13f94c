import { SupastorError } from '@supastor/contract/errors';
import type { Command } from 'commander';
import { OUTPUT_FORMATS, type OutputFormat } from '../context.ts';

const extraFormats = new WeakMap<Command, readonly string[]>();

/** Lets one command take more formats than all commands do; its action finds the name in `output.extraFormat`. */
export function acceptFormats(command: Command, formats: readonly string[]): Command {
  extraFormats.set(command, formats);
  return command;
}

export interface ChosenFormat {
  readonly format: OutputFormat;
  readonly extraFormat: string | null;
}

/** The format a command writes in. @throws SJ_USAGE when the command does not have it */
export function chooseFormat(name: string | undefined, command: Command): ChosenFormat {
  if (name === undefined) return { format: 'text', extraFormat: null };
  const known = OUTPUT_FORMATS.find((format) => format === name);
  if (known) return { format: known, extraFormat: null };
  const extra = extraFormats.get(command) ?? [];
  if (extra.includes(name)) return { format: 'text', extraFormat: name };
  throw new SupastorError('SJ_USAGE', `${command.name()} has no output format "${name}"`, {
    hint: `use --output ${[...OUTPUT_FORMATS, ...extra].join('|')}`,
  });
}

/** The format named on the command line, read without parsing it; for errors that come before or from parsing. */
export function peekFormat(argv: readonly string[]): OutputFormat {
  const text = argv.join('\0');
  const name = /(?:^|\0)(?:-o\0?|--output[=\0])(text|ndjson|json)(?:\0|$)/.exec(text)?.[1];
  return OUTPUT_FORMATS.find((format) => format === name) ?? 'text';
}
