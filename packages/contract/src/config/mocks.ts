import { z } from 'zod';
import { field, list, port } from './field.ts';

/** Stand-ins for what an installation talks to, in the order they are shown. Each is a service of the same name. */
export const MOCK_NAMES = ['smtp', 'oidc', 'webhooks', 's3'] as const;
export type MockName = (typeof MOCK_NAMES)[number];

/** Stands for every mock. */
const ALL = 'all';

const mockNames = () =>
  list()
    .superRefine((names, context) => {
      for (const name of names) {
        if (name === ALL || MOCK_NAMES.some((known) => known === name)) continue;
        context.addIssue({ code: 'custom', message: `there is no mock "${name}"; there are ${MOCK_NAMES.join(', ')}, or ${ALL}` });
      }
    })
    .default([]);

/** The mocks that a list of names asks for, each once. */
export function mocksOf(names: readonly string[]): readonly MockName[] {
  return MOCK_NAMES.filter((name) => names.includes(name) || names.includes(ALL));
}

/** Mock services for development. They listen on loopback only. */
export const mocksSchema = z.strictObject({
  enabled: field(mockNames(), {
    description:
      'Mock services that run beside a stack in development, and that it uses: smtp, oidc, webhooks, s3; `all` for every one. Refused in mode prod.',
    env: ['SUPASTOR_MOCKS'],
  }),
  smtpPort: field(port().default(1025), {
    description: 'Port on which the inbox takes mail.',
    unit: 'port',
    env: ['SUPASTOR_MOCKS_SMTP_PORT'],
  }),
  inboxPort: field(port().default(8025), {
    description: 'Port of the page that shows the mail.',
    unit: 'port',
    env: ['SUPASTOR_MOCKS_INBOX_PORT'],
  }),
  oidcPort: field(port().default(9400), {
    description: 'Port of the OpenID provider with test users.',
    unit: 'port',
    env: ['SUPASTOR_MOCKS_OIDC_PORT'],
  }),
  webhooksPort: field(port().default(8026), {
    description: 'Port that catches webhooks and shows them.',
    unit: 'port',
    env: ['SUPASTOR_MOCKS_WEBHOOKS_PORT'],
  }),
  s3Port: field(port().default(9500), {
    description: 'Port of the local S3.',
    unit: 'port',
    env: ['SUPASTOR_MOCKS_S3_PORT'],
  }),
  s3HttpPort: field(port().default(9501), {
    description: 'Port on which the server of the local S3 says how it is.',
    unit: 'port',
    env: ['SUPASTOR_MOCKS_S3_HTTP_PORT'],
  }),
});
