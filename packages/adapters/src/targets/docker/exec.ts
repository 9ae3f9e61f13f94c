import type Docker from 'dockerode';
import { demultiplex } from './demultiplex.ts';

export interface ExecResult {
  readonly exitCode: number;
  /** Output and error output, as they came. */
  readonly output: string;
}

/** Runs a command inside a running container and waits for its end. `input` is all that it reads. */
export async function execInContainer(container: Docker.Container, command: readonly string[], input?: string): Promise<ExecResult> {
  const exec = await container.exec({
    Cmd: [...command],
    AttachStdin: input !== undefined,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ hijack: true, stdin: input !== undefined });
  // The other end hangs up when the command does; what it did is in its exit code.
  stream.on('error', () => undefined);
  if (input !== undefined) stream.end(input);
  let output = '';
  for await (const { text } of demultiplex(stream)) output += text;
  const { ExitCode } = await exec.inspect();
  return { exitCode: ExitCode ?? 1, output };
}
