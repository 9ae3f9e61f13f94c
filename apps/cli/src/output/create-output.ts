import type { Output, Style } from '../context.ts';
import type { ChosenFormat } from './formats.ts';

/** Where text goes; a process stream fits. */
export interface Sink {
  write(text: string): unknown;
}

export interface OutputOptions extends ChosenFormat {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly style: Style;
  readonly errorStyle: Style;
  /** No progress lines. */
  readonly quiet: boolean;
}

/** The one way a command writes. Secrets print as `***` because their `toJSON` and `toString` do. */
export function createOutput({ format, extraFormat, stdout, stderr, style, errorStyle, quiet }: OutputOptions): Output {
  const write = (text: string) => void (text === '' ? undefined : stdout.write(text.endsWith('\n') ? text : `${text}\n`));
  return {
    format,
    extraFormat,
    style,
    result(value, toText) {
      if (format === 'text') write(toText(value, style));
      else write(JSON.stringify(value, null, format === 'json' ? 2 : undefined));
    },
    record(value, toText) {
      write(format === 'text' ? toText(value, style) : JSON.stringify(value));
    },
    line: write,
    progress(line) {
      if (format === 'text' && extraFormat === null && !quiet) stderr.write(`${line}\n`);
    },
    warn(message) {
      if (format === 'text') stderr.write(`${errorStyle.yellow('warning:')} ${message}\n`);
      else stderr.write(`${JSON.stringify({ warning: message })}\n`);
    },
  };
}
