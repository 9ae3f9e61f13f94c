import { createHmac } from 'node:crypto';
import { BUILT_IN_ROLES } from '@supastor/contract/access/roles';
import { type MockName, mocksOf } from '@supastor/contract/config/mocks';
import type { Config } from '@supastor/contract/config/schema';
import { parseSsoProviders } from '@supastor/contract/config/sso';
import { requireSecret } from './shared.ts';

/** Where storage sends its events, below the address of the catcher. */
const HOOK_PATH = '/hooks/storage';
/** Id of the provider in grants and addresses. */
const PROVIDER_ID = 'mock';
const MAIL_FROM = 'supastor@localhost.local';
/** What the admin API calls itself at the provider. */
export const CLIENT_ID = 'supastor';

/** Whether a mock was asked for. */
export function isMocked({ mocks }: Config, name: MockName): boolean {
  return mocksOf(mocks.enabled).includes(name);
}

/** What storage is told: events go to the catcher, wherever they went before. */
export function mockedStorage(config: Config): Record<string, string> {
  if (!isMocked(config, 'webhooks')) return {};
  return {
    WEBHOOK_URL: `http://{{host:webhooks.http}}:{{port:webhooks.http}}${HOOK_PATH}`,
    SUPASTOR_WEBHOOK_SECRET: mockSecret(config, 'webhooks'),
    SUPASTOR_WEBHOOK_ALLOW_PRIVATE: 'true',
  };
}

/** What admin-api is told: mail goes to the inbox, and the provider with test users is one more to sign in with. */
export function mockedAdmin(config: Config): Record<string, string> {
  return {
    ...(isMocked(config, 'smtp') && {
      SUPASTOR_MAIL_HOST: '{{host:smtp.smtp}}',
      SUPASTOR_MAIL_PORT: '{{port:smtp.smtp}}',
      SUPASTOR_MAIL_SECURE: 'false',
      SUPASTOR_MAIL_FROM: config.mail.from ?? MAIL_FROM,
    }),
    ...(isMocked(config, 'oidc') && { SUPASTOR_ACCESS_SSO: JSON.stringify(providersOf(config)) }),
  };
}

function providersOf(config: Config): readonly unknown[] {
  const configured = config.access.sso === undefined ? [] : parseSsoProviders(config.access.sso.reveal());
  const mock = {
    id: PROVIDER_ID,
    name: 'the test users',
    issuer: 'http://{{host:oidc.http}}:{{port:oidc.http}}',
    clientId: CLIENT_ID,
    clientSecret: mockSecret(config, 'oidc'),
    scopes: ['openid', 'email', 'profile', 'groups'],
    // Every test user is in one group, with the name of a role.
    roles: BUILT_IN_ROLES.map(({ name }) => ({ group: name, role: name })),
    createUsers: true,
    linkUsers: true,
    allowPrivate: true,
  };
  return [...configured.filter(({ id }) => id !== PROVIDER_ID), mock];
}

/** A secret that two services share, the same at every start. */
export function mockSecret({ auth }: Pick<Config, 'auth'>, purpose: 'oidc' | 'webhooks'): string {
  return createHmac('sha256', requireSecret(auth.jwtSecret, 'auth.jwtSecret')).update(`mock ${purpose}`).digest('hex');
}
