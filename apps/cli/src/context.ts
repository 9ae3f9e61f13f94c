import type { FlagValue } from '@supastor/core/config/source';
import type { Command } from 'commander';

export const OUTPUT_FORMATS = ['text', 'json', 'ndjson'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** Colours; every function is the identity when colour is off (NO_COLOR, not a TTY). */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** How a command speaks. Results go to stdout, everything else to stderr; `--output json|ndjson` is a contract. */
export interface Output {
  readonly format: OutputFormat;
  /** The format's name as typed when it is one only this command has (see `acceptFormats`); `format` is then `text`. */
  readonly extraFormat: string | null;
  readonly style: Style;
  /** The command's one result: `toText` in text format, one JSON document otherwise. */
  result<T>(value: T, toText: (value: T, style: Style) => string): void;
  /** One record of a stream: `toText` in text format, one JSON line otherwise. */
  record<T>(value: T, toText: (value: T, style: Style) => string): void;
  /** A line of a text that has its own format, such as an export; the same in every format. */
  line(text: string): void;
  /** A progress line on stderr; silent unless text format. */
  progress(line: string): void;
  warn(message: string): void;
}

/** Everything a command may touch of the process it runs in. */
export interface CliContext {
  /** Directory that holds (or will hold) supastor.config.yaml; `--project-dir` or the working directory. */
  readonly projectDir: string;
  /** Name given with `--env`, else SUPASTOR_ENV, else null: the file's default. */
  readonly environment: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settings given with `--set path=value`; hand them to loadProjectConfig after your own. */
  readonly flags: readonly FlagValue[];
  /** Both stdin and stderr are terminals, so that questions can be asked. */
  readonly isTty: boolean;
  /** `--yes`: take every default, ask nothing. */
  readonly assumeYes: boolean;
  readonly output: Output;
  /** Aborted on SIGINT and SIGTERM; the command then ends with exit code 130. */
  readonly signal: AbortSignal;
  /** Ask on the terminal. Only when `isTty`. */
  confirm(question: string): Promise<boolean>;
}

/** A command's action. Returns the exit code when it is not 0; expected failures are thrown as SupastorError. */
type CommandAction<Args extends readonly unknown[]> = (context: CliContext, ...args: Args) => Promise<number | void>;

/** Wraps an action for Commander: builds the context from the global flags, maps errors and exit codes. */
export type BindAction = <Args extends readonly unknown[]>(action: CommandAction<Args>) => (...args: unknown[]) => Promise<void>;

/** A command module exports one of these; main.ts calls them all. Heavy modules are imported inside the action. */
export type RegisterCommand = (program: Command, bind: BindAction) => void;
