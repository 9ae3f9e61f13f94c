import { SupastorError } from '@supastor/contract/errors';

type Environment = Readonly<Record<string, string | undefined>>;

interface RunningMock {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the mock that `SUPASTOR_MOCK` names. @throws SJ_CONFIG_INVALID naming the variable that is wrong */
export async function startMock(env: Environment): Promise<RunningMock> {
  switch (env['SUPASTOR_MOCK']) {
    case 'smtp': {
      const { startInbox } = await import('./inbox/start-inbox.ts');
      return startInbox({ httpPort: port(env, 'SUPASTOR_MOCK_PORT'), smtpPort: port(env, 'SUPASTOR_MOCK_SMTP_PORT') });
    }
    case 'webhooks': {
      const { startCatcher } = await import('./catcher/start-catcher.ts');
      return startCatcher({ port: port(env, 'SUPASTOR_MOCK_PORT'), secret: env['SUPASTOR_MOCK_SECRET'] ?? null });
    }
    case 'oidc': {
      const { startOidcMock } = await import('./oidc/start-oidc-mock.ts');
      const mock = await startOidcMock({
        port: port(env, 'SUPASTOR_MOCK_PORT'),
        clientId: text(env, 'SUPASTOR_MOCK_CLIENT_ID'),
        clientSecret: text(env, 'SUPASTOR_MOCK_SECRET'),
        directory: env['SUPASTOR_MOCK_DIR'] ?? null,
      });
      return { url: mock.issuer, stop: () => mock.stop() };
    }
    default:
      throw new SupastorError('SJ_CONFIG_INVALID', `SUPASTOR_MOCK is "${env['SUPASTOR_MOCK'] ?? ''}", which is no mock`, {
        hint: 'set it to smtp, oidc or webhooks',
      });
  }
}

function port(env: Environment, name: string): number {
  const value = Number(text(env, name));
  if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
  throw new SupastorError('SJ_CONFIG_INVALID', `${name} is not a port`, { hint: `set ${name} to a number between 1 and 65535` });
}

function text(env: Environment, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new SupastorError('SJ_CONFIG_INVALID', `${name} is not set`, { hint: 'start mocks with supastor up --dev --mocks' });
}
