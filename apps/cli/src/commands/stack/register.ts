import type { RegisterCommand } from '../../context.ts';
import { registerDeployCommands } from './deploy.commands.ts';
import { registerDown } from './down.command.ts';
import { registerLogs } from './logs.command.ts';
import { registerPlan } from './plan.command.ts';
import { registerRestart } from './restart.command.ts';
import { registerStatus } from './status.command.ts';
import { registerUp } from './up.command.ts';

/** Every command over the running stack, in the order help shows them. */
export const registerStackCommands: RegisterCommand = (program, bind) => {
  for (const register of COMMANDS) register(program, bind);
};

const COMMANDS: readonly RegisterCommand[] = [
  registerUp,
  registerDown,
  registerStatus,
  registerLogs,
  registerRestart,
  registerPlan,
  registerDeployCommands,
];
