import type { Command } from 'commander';
import { buildProgram, loadOperations } from '../../apps/cli/src/program.ts';

const HELP_WIDTH = 100;

/** Markdown page with the help text of every command, in the order `supastor --help` lists them. */
export async function renderCliReference(): Promise<string> {
  const host = {
    argv: [],
    env: {},
    cwd: () => '.',
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: new AbortController().signal,
  };
  const program = buildProgram(host, () => undefined, await loadOperations());
  const sections = walk(program, []).map(({ path, command }) => `## ${path.join(' ')}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`);
  return ['# Command line', '', 'Generated from the commands themselves.', '', ...sections].join('\n');
}

function walk(command: Command, parents: readonly string[]): { path: readonly string[]; command: Command }[] {
  const path = [...parents, command.name()];
  const children = command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help');
  return [{ path, command }, ...children.flatMap((child) => walk(child, path))];
}

function helpOf(command: Command): string {
  const help = command.createHelp();
  help.helpWidth = HELP_WIDTH;
  return command.createHelp().formatHelp(command, help).trimEnd();
}
