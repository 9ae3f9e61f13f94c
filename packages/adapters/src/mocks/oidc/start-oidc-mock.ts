import { createHash } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { startLoopbackServer } from '../loopback-server.ts';
import { Html, html, pageText } from '../page.ts';
import { handleSignIn } from './sign-in.ts';
import { signingKeys } from './signing-keys.ts';
import { type TestUser, testUsers } from './test-users.ts';

export interface OidcMockOptions {
  /** 0: any. */
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Sites that may be led back to, besides every one on loopback. */
  readonly sites?: readonly string[];
  /** Where signing keys are kept; null: they are new at each start. */
  readonly directory: string | null;
}

export interface RunningOidcMock {
  readonly issuer: string;
  /** Who can sign in, by login name; it may be changed at any time. */
  readonly users: Map<string, TestUser>;
  stop(): Promise<void>;
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])$/;
const SESSION_SECONDS = 86_400;

/**
 * A real OpenID provider on loopback (discovery, JWKS, code flow with PKCE, user info, sign-out), with a page that lists its users.
 * Whoever picks one is signed in: there are no passwords.
 */
export async function startOidcMock({ port, clientId, clientSecret, sites = [], directory }: OidcMockOptions): Promise<RunningOidcMock> {
  const users = testUsers();
  const jwks = await signingKeys(directory);
  let handle: ReturnType<Provider['callback']> | null = null;
  let provider: Provider | null = null;
  const web = await startLoopbackServer(port, async (request, response) => {
    if (provider === null || handle === null) return void response.writeHead(503).end();
    if (request.url?.startsWith('/sign-in/')) return handleSignIn({ provider, users }, request, response);
    await handle(request, response);
  });
  provider = new Provider(web.url, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${web.url}/unused`],
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ],
    jwks,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'email', 'profile', 'groups', 'offline_access'],
    pkce: { required: () => true },
    cookies: { keys: [createHash('sha256').update(clientSecret).digest('hex')] },
    ttl: { Session: SESSION_SECONDS, Grant: SESSION_SECONDS, Interaction: 3600, AccessToken: 3600, IdToken: 3600 },
    clientBasedCORS: () => true,
    findAccount: (_context, id) => ({ accountId: id, claims: () => Promise.resolve({ sub: id, ...users.get(id) }) }),
    interactions: { url: (_context, { uid }) => `/sign-in/${uid}` },
    // Nobody is asked what the application may know: its owner runs this mock.
    async loadExistingGrant({ oidc }) {
      const { client, session, provider: own, requestParamScopes } = oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const known = session.grantIdFor(client.clientId);
      const grant = known === undefined ? undefined : await own.Grant.find(known);
      if (grant !== undefined) return grant;
      const made = new own.Grant({ clientId: client.clientId, accountId: session.accountId });
      made.addOIDCScope([...requestParamScopes].join(' '));
      await made.save();
      return made;
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = pageText({
            title: 'Sign out',
            body: html`<h1>Sign out of the test users?</h1>
              ${new Html(form)}
              <p>
                <button type="submit" form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>
                <button type="submit" form="op.logoutForm">No, stay signed in</button>
              </p>`,
          });
        },
      },
    },
    renderError: (context, out) => {
      context.type = 'html';
      context.body = pageText({
        title: 'Refused',
        body: html`<h1>The provider refused this</h1>
          <pre>
${Object.entries(out)
              .map(([name, value]) => `${name}: ${String(value)}`)
              .join('\n')}</pre>`,
      });
    },
  });
  allowSites(provider, sites);
  handle = provider.callback();
  return { issuer: web.url, users, stop: () => web.stop() };
}

/** Any page on loopback may be led back to, so that an application under development needs no registration. */
function allowSites(provider: Provider, sites: readonly string[]): void {
  const isAllowed = (uri: string): boolean => {
    if (!URL.canParse(uri)) return false;
    const { hostname, origin } = new URL(uri);
    return LOOPBACK.test(hostname) || sites.includes(origin);
  };
  Object.assign(provider.Client.prototype, { redirectUriAllowed: isAllowed, postLogoutRedirectUriAllowed: isAllowed });
}
