import type { RegisterCommand } from '../../context.ts';
import { OPERATION_NOUNS, toKebab } from './nouns.ts';

/** The nouns alone, for the help of the program. */
export const registerNouns: RegisterCommand = (program) => {
  for (const { noun, description } of OPERATION_NOUNS) program.command(toKebab(noun)).description(description);
};
