import { SupastorError } from '@supastor/contract/errors';
import { peekFormat } from './output/formats.ts';
import { printError } from './output/print-error.ts';
import { createStyle, wantsColor } from './output/style.ts';
import { runProgram } from './program.ts';

const FORCED_EXIT_MS = 2000;

/** Runs the command line of this process: signals, exit code, errors on stderr. */
export async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => onSignal(interrupt, signal));
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onStreamError);
  process.exitCode = await run(argv, interrupt.signal);
  exitWhenFlushed();
}

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { env, stdin, stdout, stderr } = process;
  try {
    const code = await runProgram({ argv, env, cwd: () => process.cwd(), stdin, stdout, stderr, signal });
    return signal.aborted ? 130 : code;
  } catch (error) {
    const noColor = argv.includes('--no-color');
    const style = createStyle(wantsColor({ noColor, isTty: stderr.isTTY, env }));
    const reported: unknown = signal.aborted ? signal.reason : error;
    return printError(reported, { stderr, format: peekFormat(argv), style });
  }
}

/** The first signal lets the command wind down; a second one ends it at once. */
function onSignal(interrupt: AbortController, signal: string): void {
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort(new SupastorError('SJ_INTERRUPTED', `stopped by ${signal}`));
}

/** A reader that went away (`| head`) is no failure. */
function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  throw error;
}

/** Ends the process although something still holds it, once all output has been taken. */
function exitWhenFlushed(): void {
  const timer = setInterval(() => {
    if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
  }, FORCED_EXIT_MS);
  timer.unref();
}
