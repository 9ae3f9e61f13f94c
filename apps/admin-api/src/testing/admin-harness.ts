import { join } from 'node:path';
import { startControlServer } from '@supastor/adapters/targets/embedded/control-server';
import { alertThresholdsSchema, notifySchema } from '@supastor/contract/config/monitoring';
import { createFakeStackControl, type FakeStackControl } from '@supastor/testkit/fakes/fake-stack-control';
import { createTempDir } from '@supastor/testkit/harness/temp-dir';
import type { AdminApiOptions } from '../options.ts';
import { type RunningAdminApi, startAdminApi } from '../start.ts';

export const EMAIL = 'admin@localhost.local';
export const PASSWORD = 'correct horse battery staple';
export const SESSION_SECRET = 'session-secret-of-these-tests-only-0123456789';

/** Nothing is measured, and nobody told. */
export const QUIET: AdminApiOptions['monitoring'] = {
  isEnabled: false,
  scrapeUrls: [],
  scrapeToken: null,
  thresholds: alertThresholdsSchema.parse({}),
  notify: notifySchema.parse({}),
};

/** Options of a server that reaches nothing: no storage, database or supervisor listens. */
const OFFLINE: AdminApiOptions = {
  host: '127.0.0.1',
  port: 0,
  email: EMAIL,
  password: PASSWORD,
  sessionSecret: SESSION_SECRET,
  sessionTtlSeconds: 3600,
  accessTtlSeconds: 600,
  connections: { requestMs: 30_000, idleMs: 120_000 },
  storageUrl: 'http://127.0.0.1:1/storage/v1',
  storagePublicUrl: 'http://storage.example.org/storage/v1',
  serviceRoleKey: 'service-role-key',
  metaUrl: null,
  databaseUrl: null,
  redisUrl: null,
  controlSocket: null,
  projectDir: null,
  startContextFile: null,
  dashboardDir: null,
  trustedProxies: [],
  graphql: { introspection: 'auto', allowListPath: null, maxDepth: 10, maxCost: 25_000 },
  limits: { perIdentity: 0, perAddress: 0, heavy: 0, signIn: 0 },
  monitoring: QUIET,
  corsOrigins: [],
  drainSeconds: 0,
  sockets: { total: 1000, perIdentity: 1000, perAddress: 1000 },
  project: 'test',
  environment: 'default',
  mode: 'dev',
  publicUrl: null,
  passwordMinLength: 12,
  breachedPasswordsFile: null,
  secondFactor: { mode: 'optional', roles: [] },
  sso: [],
  backups: { destination: null, retention: {} },
  mail: null,
  auditRetentionDays: null,
  logLevel: 'fatal',
};

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look into bodies of many shapes; what they expect is their assertion.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export interface AdminHarness {
  readonly url: string;
  /** Sends JSON and reads JSON; `token` becomes the bearer token. */
  readonly call: Call;
  /** Signs in and returns the bearer token. */
  login(): Promise<string>;
  stop(): Promise<void>;
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>;

interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A real server on a free port. */
export async function startAdminHarness(overrides: Partial<AdminApiOptions> = {}): Promise<AdminHarness> {
  const server: RunningAdminApi = await startAdminApi({ ...OFFLINE, ...overrides });
  const call = createCall(server.url);
  return {
    url: server.url,
    call,
    async login() {
      const { status, body } = await call('POST', '/api/v1/session', { body: { email: EMAIL, password: PASSWORD } });
      if (status !== 200) throw new Error(`sign-in answered ${status}: ${JSON.stringify(body)}`);
      return body.token;
    },
    stop: () => server.stop(),
  };
}

/** Requests to the server at `url`. */
export function createCall(url: string): Call {
  return async (method, path, { token, body, headers } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(text) };
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export interface ControlHarness {
  readonly stack: FakeStackControl;
  readonly socketPath: string;
  stop(): Promise<void>;
}

const refuse = () => Promise.reject(new Error('not part of these tests'));

/** A stack in memory behind the real control socket. */
export async function startControlHarness(): Promise<ControlHarness> {
  const dir = await createTempDir('control');
  const socketPath = join(dir.path, 'control.sock');
  const stack = createFakeStackControl();
  const server = await startControlServer({ ...stack, apply: refuse, forget: refuse, shutdown: refuse }, socketPath);
  return {
    stack,
    socketPath,
    async stop() {
      stack.dropStreams();
      await server.stop();
      await dir.remove();
    },
  };
}
