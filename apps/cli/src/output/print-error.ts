import { SupastorError, type ErrorBody } from '@supastor/contract/errors';
import type { OutputFormat, Style } from '../context.ts';
import type { Sink } from './create-output.ts';

export interface PrintOptions {
  readonly stderr: Sink;
  readonly format: OutputFormat;
  readonly style: Style;
}

/**
 * Writes a failure to stderr and returns the exit code: title, message and hint as text, else one JSON line `{"error": ErrorBody}`.
 * What is not a catalogue error is a bug: it is shown with its stack.
 */
export function printError(error: unknown, { stderr, format, style }: PrintOptions): number {
  const known = error instanceof SupastorError ? error : null;
  const body: ErrorBody = known?.toBody() ?? { code: 'SJ_INTERNAL', title: 'Internal error', message: describeBug(error) };
  stderr.write(format === 'text' ? formatError(body, style) : `${JSON.stringify({ error: body })}\n`);
  return known?.exitCode ?? 1;
}

function formatError({ code, title, message, hint }: ErrorBody, style: Style): string {
  const lines = [`${style.red('error:')} ${style.bold(title)} ${style.dim(`(${code})`)}`, message];
  if (hint !== undefined) lines.push(`${style.cyan('hint:')} ${hint}`);
  return `${lines.join('\n')}\n`;
}

function describeBug(error: unknown): string {
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
