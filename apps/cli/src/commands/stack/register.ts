import type { RegisterCommand } from '../../context.ts';

/** Every command over the running stack, in the order help shows them. */
export const registerStackCommands: RegisterCommand = (program, bind) => {
  for (const register of COMMANDS) register(program, bind);
};

const COMMANDS: readonly RegisterCommand[] = [];
