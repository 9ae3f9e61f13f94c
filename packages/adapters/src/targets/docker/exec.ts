import { addAbortSignal } from 'node:stream';
import type Docker from 'dockerode';
import { demultiplex } from './demultiplex.ts';

export interface ExecResult {
  readonly exitCode: number;
  /** Output and error output, as they came. */
  readonly output: string;
}

export interface ExecOptions {
  /** All that the command reads; nothing when it is left out. */
  readonly input?: string;
  /** Ends the waiting; the command itself goes on, as the engine has no way to end it. */
  readonly signal?: AbortSignal;
}

/** Runs a command inside a running container and waits for its end. @throws Error when `signal` is aborted before */
export async function execInContainer(
  container: Docker.Container,
  command: readonly string[],
  { input, signal }: ExecOptions = {},
): Promise<ExecResult> {
  const exec = await container.exec({
    Cmd: [...command],
    AttachStdin: input !== undefined,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: input !== undefined });
  // The other end hangs up when the command does; what it did is in its exit code.
  stream.on('error', () => undefined);
  if (signal !== undefined) addAbortSignal(signal, stream);
  if (input !== undefined) stream.end(input);
  let output = '';
  for await (const { text } of demultiplex(stream)) output += text;
  signal?.throwIfAborted();
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? 1, output };
}
