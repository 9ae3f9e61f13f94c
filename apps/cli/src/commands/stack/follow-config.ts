import { watchProjectConfig } from '@supastor/adapters/config-files/watch-project-config';
import { SupastorError } from '@supastor/contract/errors';
import type { LoadedConfig } from '@supastor/core/config/source';
import type { CliContext } from '../../context.ts';
import { type ConfiguredStack, configureStack, loadOptions, type ModeFlags } from './open-stack.ts';

export interface ConfigFollower {
  /** The stack as the last good configuration wants it. */
  readonly stack: ConfiguredStack;
  stop(): Promise<void>;
}

/**
 * Applies the configuration again whenever its files change. A change that is wrong, or that cannot be applied, is said
 * aloud and leaves what runs as it is.
 */
export function followConfig(
  context: CliContext,
  flags: ModeFlags,
  first: ConfiguredStack,
  converge: (stack: ConfiguredStack) => Promise<unknown>,
): ConfigFollower {
  const { output } = context;
  let stack = first;
  let applying: Promise<void> = Promise.resolve();
  const refuse = (error: unknown) => {
    const [message, hint] = error instanceof SupastorError ? [error.message, error.hint] : [String(error), undefined];
    output.warn(`the changed configuration is refused, the old one stays: ${message}${hint === undefined ? '' : `\n  hint: ${hint}`}`);
  };
  const adopt = async (loaded: LoadedConfig, changed: readonly string[]): Promise<void> => {
    try {
      const next = configureStack(context, flags, loaded);
      output.progress(`configuration changed: ${changed.join(', ')}`);
      await converge(next);
      stack = next;
    } catch (error) {
      refuse(error);
    }
  };
  const watcher = watchProjectConfig({
    ...loadOptions(context, flags),
    current: first.loaded,
    onReload: (loaded, { changed }) => {
      const before = applying;
      applying = (async () => {
        await before;
        await adopt(loaded, changed);
      })();
    },
    onRefused: refuse,
  });
  return {
    get stack() {
      return stack;
    },
    async stop() {
      await watcher.stop();
      await applying;
    },
  };
}
