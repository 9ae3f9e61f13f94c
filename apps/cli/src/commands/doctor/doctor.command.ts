import type { RegisterCommand } from '../../context.ts';

/** `supastor doctor` */
export const registerDoctor: RegisterCommand = (program, bind) => {
  program
    .command('doctor')
    .description('check this machine and this project; every finding comes with what to do')
    .action(
      bind(async (context) => {
        const { runDoctor } = await import('./doctor.ts');
        return runDoctor(context);
      }),
    );
};
