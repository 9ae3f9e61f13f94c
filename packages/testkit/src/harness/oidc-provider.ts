import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface OidcAccount {
  readonly email: string;
  readonly email_verified: boolean;
  readonly name: string;
  readonly groups: readonly string[];
}

export interface OidcHarness {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Accounts by login name; a test changes them as it goes. */
  readonly accounts: Map<string, OidcAccount>;
  /** Signs `login` in as a browser would, and answers the query that the provider sends back. */
  signIn(authorizationUrl: string, login: string): Promise<string>;
  stop(): Promise<void>;
}

/** A real OpenID provider on loopback. Its login page takes any password. @param site Where the client's pages are */
export async function startOidcProvider(site: string): Promise<OidcHarness> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${portOf(server.address())}`;
  const [clientId, clientSecret] = ['dashboard', 'only-for-these-tests-0123456789abcdef'];
  const accounts = new Map<string, OidcAccount>();
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [`${site}/sso`],
        post_logout_redirect_uris: [`${site}/login`],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    pkce: { required: () => true },
    cookies: { keys: ['only-for-these-tests'] },
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...accounts.get(id) }) }),
  });
  server.on('request', provider.callback());
  return {
    issuer,
    clientId,
    clientSecret,
    accounts,
    signIn: (authorizationUrl, login) => walk(authorizationUrl, { site, login }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const MOST_STEPS = 20;

/** Follows redirects and submits the provider's forms until it leads back to the site. */
async function walk(start: string, { site, login }: { readonly site: string; readonly login: string }): Promise<string> {
  const cookies = new Map<string, string>();
  let [url, form]: [string, URLSearchParams | null] = [start, null];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer: Response = await fetch(url, { redirect: 'manual', headers: { cookie }, ...(form && { method: 'POST', body: form }) });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    const text = await answer.text();
    if (location === null) {
      const action = /action="([^"]+)"/.exec(text)?.[1];
      const prompt = /name="prompt" value="([^"]+)"/.exec(text)?.[1];
      if (action === undefined || prompt === undefined) throw new Error(`the provider answered ${answer.status}: ${text.slice(0, 500)}`);
      [url, form] = [new URL(action, url).href, new URLSearchParams({ prompt, login, password: 'any' })];
    } else {
      [url, form] = [new URL(location, url).href, null];
      if (url.startsWith(`${site}/`)) return new URL(url).search.slice(1);
    }
  }
  throw new Error('the provider led in circles');
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
