import { resolve } from 'node:path';
import { SupastorError } from '@supastor/contract/errors';
import type { FlagValue } from '@supastor/core/config/source';
import { Command } from 'commander';
import type { BindAction, CliContext } from './context.ts';
import { createOutput, type Sink } from './output/create-output.ts';
import { chooseFormat } from './output/formats.ts';
import { createStyle, isCi, wantsColor } from './output/style.ts';

/** What the program is given of the process it runs in. */
export interface Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: () => string;
  readonly stdout: Sink & { readonly isTTY?: boolean };
  readonly stderr: Sink & { readonly isTTY?: boolean };
  readonly stdin: { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
}

interface GlobalOptions {
  readonly output?: string;
  readonly projectDir?: string;
  readonly env?: string;
  readonly color: boolean;
  readonly yes?: boolean;
  readonly quiet?: boolean;
  readonly set?: readonly FlagValue[];
}

/** Makes the function that wraps actions for Commander. `onExit` receives the exit code of the action. */
export function createBind(host: Host, onExit: (code: number) => void): BindAction {
  return (action) =>
    async (...args: unknown[]) => {
      const command = args.at(-1);
      if (!(command instanceof Command)) throw new TypeError('Commander calls an action with the command as its last argument');
      const context = createContext(host, command);
      // Commander hands over (arguments..., options, command); the action declares the types of all but the last.
      const code: unknown = await Reflect.apply(action, undefined, [context, ...args.slice(0, -1)]);
      onExit(typeof code === 'number' ? code : 0);
    };
}

function createContext(host: Host, command: Command): CliContext {
  const options = command.optsWithGlobals<GlobalOptions>();
  const { env, stdout, stderr } = host;
  const noColor = !options.color;
  const isTty = host.stdin.isTTY === true && stderr.isTTY === true && !isCi(env);
  return {
    projectDir: resolve(host.cwd(), options.projectDir ?? '.'),
    environment: options.env ?? nonEmpty(env['SUPASTOR_ENV']) ?? null,
    env,
    flags: options.set ?? [],
    isTty,
    assumeYes: options.yes === true,
    output: createOutput({
      ...chooseFormat(options.output, command),
      stdout,
      stderr,
      style: createStyle(wantsColor({ noColor, isTty: stdout.isTTY === true, env })),
      errorStyle: createStyle(wantsColor({ noColor, isTty: stderr.isTTY === true, env })),
      quiet: options.quiet === true,
    }),
    signal: host.signal,
    async confirm(question) {
      if (options.yes === true) return true;
      if (!isTty) throw new SupastorError('SJ_USAGE', `needs an answer: ${question}`, { hint: 'add --yes to agree' });
      const { askYesNo } = await import('./prompt.ts');
      return askYesNo(question, host.signal);
    },
  };
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
