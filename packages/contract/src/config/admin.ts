import { z } from 'zod';
import { adminLimitsSchema } from './admin-limits.ts';
import { field, integer, list, port, secret, text, url } from './field.ts';

const networks = () =>
  list()
    .refine((parts) => parts.every((part) => /^[\da-f:.]+(\/\d{1,3})?$/i.test(part)), 'expected addresses or networks such as 10.0.0.0/8')
    .default([]);
const origins = () =>
  list()
    .refine(
      (parts) => parts.every((part) => URL.canParse(part) && new URL(part).origin === part),
      'expected origins such as https://tools.example.org',
    )
    .default([]);

const adminGraphqlSchema = z.strictObject({
  introspection: field(z.enum(['auto', 'on', 'off']).default('auto'), {
    description: 'Whether clients may read the GraphQL schema from the server. `auto`: in development only.',
    env: ['SUPASTOR_ADMIN_GRAPHQL_INTROSPECTION'],
  }),
  allowListPath: field(text().optional(), {
    description:
      'File with the only GraphQL queries that are run: a JSON array of texts, or a manifest of persisted queries. Default: any.',
    env: ['SUPASTOR_ADMIN_GRAPHQL_ALLOW_LIST_PATH'],
  }),
  maxDepth: field(integer(1, 100).default(10), {
    description: 'Deepest GraphQL query.',
    env: ['SUPASTOR_ADMIN_GRAPHQL_MAX_DEPTH'],
  }),
  maxCost: field(integer(10, 10_000_000).default(25_000), {
    description: 'Most a GraphQL query may cost: 10 for each operation, and 1 for each value that the answer may hold.',
    env: ['SUPASTOR_ADMIN_GRAPHQL_MAX_COST'],
  }),
});

/** The admin API and its dashboard. */
export const adminSchema = z.strictObject({
  host: field(text().default('127.0.0.1'), {
    description: 'Address admin-api and the dashboard listen on.',
    env: ['SUPASTOR_ADMIN_HOST'],
  }),
  port: field(port().default(8080), { description: 'Port of admin-api and the dashboard.', unit: 'port', env: ['SUPASTOR_ADMIN_PORT'] }),
  email: field(z.email('expected an e-mail address').default('admin@localhost.local'), {
    description: 'Login name of the first administrator.',
    env: ['SUPASTOR_ADMIN_EMAIL'],
  }),
  password: secret(
    { description: 'Password of the first administrator.', env: ['SUPASTOR_ADMIN_PASSWORD', 'DASHBOARD_PASSWORD'] },
    8,
  ).optional(),
  sessionSecret: secret({ description: 'Key that signs dashboard sessions.', env: ['SUPASTOR_ADMIN_SESSION_SECRET'] }, 32).optional(),
  sessionTtlSeconds: field(integer(1).default(43_200), {
    description: 'How long a session lasts.',
    unit: 'seconds',
    env: ['SUPASTOR_ADMIN_SESSION_TTL_SECONDS'],
  }),
  accessTtlSeconds: field(integer(30, 86_400).default(600), {
    description: 'How long one token of a session works before it is refreshed.',
    unit: 'seconds',
    env: ['SUPASTOR_ADMIN_ACCESS_TTL_SECONDS'],
  }),
  requestTimeoutSeconds: field(integer(1, 3600).default(30), {
    description: 'A request must be complete, head and body, this long after its first byte.',
    unit: 'seconds',
    env: ['SUPASTOR_ADMIN_REQUEST_TIMEOUT_SECONDS'],
  }),
  idleTimeoutSeconds: field(integer(1, 86_400).default(120), {
    description: 'A connection of a client that takes nothing of its answer for this long is closed.',
    unit: 'seconds',
    env: ['SUPASTOR_ADMIN_IDLE_TIMEOUT_SECONDS'],
  }),
  publicUrl: field(url().optional(), {
    description: 'URL people reach the dashboard at; it is in invitations, single sign-on and passkeys. Default: http://host:port.',
    env: ['SUPASTOR_ADMIN_PUBLIC_URL'],
  }),
  passwordMinLength: field(integer(8, 128).default(12), {
    description: 'Characters a password of a user must have.',
    env: ['SUPASTOR_ADMIN_PASSWORD_MIN_LENGTH'],
  }),
  breachedPasswords: field(text().optional(), {
    description: 'File with passwords to refuse besides those that come with this release: one per line, or its SHA-1 in hex.',
    env: ['SUPASTOR_ADMIN_BREACHED_PASSWORDS'],
  }),
  auditRetentionDays: field(integer(30, 36_500).optional(), {
    description: 'How long entries of the audit trail are kept. Unset: for ever.',
    unit: 'days',
    env: ['SUPASTOR_ADMIN_AUDIT_RETENTION_DAYS'],
  }),
  trustedProxies: field(networks(), {
    description: 'Addresses or networks of proxies in front of admin-api, whose X-Forwarded-* headers are believed. Default: none.',
    env: ['SUPASTOR_ADMIN_TRUSTED_PROXIES'],
  }),
  corsOrigins: field(origins(), {
    description: 'Origins whose pages may call the API with a bearer token (never with the cookie), such as https://tools.example.org.',
    env: ['SUPASTOR_ADMIN_CORS_ORIGINS'],
  }),
  drainSeconds: field(integer(0, 300).default(0), {
    description:
      'How long a server that is told to stop says that it is not ready, before it takes no new connections: for balancers to notice.',
    unit: 'seconds',
    env: ['SUPASTOR_ADMIN_DRAIN_SECONDS'],
  }),
  limits: adminLimitsSchema.prefault({}),
  graphql: adminGraphqlSchema.prefault({}),
});
