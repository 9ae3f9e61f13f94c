import type { RegisterCommand } from '../../context.ts';
import type { LoginFlags } from './login.ts';

/** `supastor login|logout|whoami` */
export const registerLogin: RegisterCommand = (program, bind) => {
  program
    .command('login')
    .description('sign in to an admin API; the session is kept for this user of this machine')
    .argument('[address]', "base URL of the admin API (default: SUPASTOR_ADMIN_URL, else this project's stack)")
    .option('--email <address>', 'e-mail address of your account')
    .option('--password-stdin', 'read the password from standard input')
    .option('--code <code>', 'code of the second factor, or a recovery code')
    .option('--sso [provider]', 'sign in with a provider of single sign-on, in a browser')
    .action(
      bind(async (context, address: string | undefined, flags: LoginFlags) => {
        const { login } = await import('./login.ts');
        await login(context, address, flags);
      }),
    );
  program
    .command('logout')
    .description('end the kept session')
    .option('--all', 'every kept session, of every admin API')
    .action(
      bind(async (context, flags: { readonly all?: boolean }) => {
        const { logout } = await import('./logout.ts');
        await logout(context, flags.all === true);
      }),
    );
  program
    .command('whoami')
    .description('who commands act as, and what they may do')
    .action(
      bind(async (context) => {
        const { whoami } = await import('./whoami.ts');
        await whoami(context);
      }),
    );
};
