import type { SsoProviderConfig } from '@supastor/contract/config/sso';
import type { SsoEndpoints } from '@supastor/contract/wire/sso';
import { SupastorError } from '@supastor/contract/errors';
import type { SsoClaims, SsoProvider } from '@supastor/core/access/sso.port';
import type { Configuration, CustomFetchOptions } from 'openid-client';
import { createGuardedFetch } from '../net/guarded-fetch.ts';

export interface OidcOptions {
  readonly config: SsoProviderConfig;
  /** Where people reach the dashboard, without a slash at the end. */
  readonly publicUrl: () => string;
}

const load = () => import('openid-client');
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1_048_576;
/** What a provider says about itself is asked again after this time. */
const FRESH_MS = 3_600_000;

/** OpenID Connect with one provider (authorization code flow with PKCE, state and nonce), through `openid-client`. */
export function createOidcProvider({ config, publicUrl }: OidcOptions): SsoProvider {
  let known: { readonly found: Promise<Configuration>; readonly atMs: number } | null = null;
  const redirectUri = () => `${publicUrl()}/sso`;

  async function discover(): Promise<Configuration> {
    const { allowInsecureRequests, customFetch, discovery, enableNonRepudiationChecks } = await load();
    const get = createGuardedFetch({ allowPrivate: config.allowPrivate, timeoutMs: TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES });
    return discovery(new URL(config.issuer), config.clientId, config.clientSecret, undefined, {
      [customFetch]: (url: string, { method, headers, body, signal }: CustomFetchOptions) =>
        get(url, { method, headers, ...(body != null && { body: toBody(body) }), ...(signal && { signal }) }).catch((cause: unknown) => {
          throw new NoAnswer('the provider did not answer', { cause });
        }),
      // Without these checks the library trusts what comes over TLS unsigned.
      execute: [enableNonRepudiationChecks, ...(config.allowPrivate ? [allowInsecureRequests] : [])],
    });
  }

  /** A provider that cannot be reached is no fault of whoever signs in; everything else is an answer that is not taken. */
  function refuse(error: unknown): never {
    if (error instanceof Error && error.cause instanceof NoAnswer) throw unreachable(config, error);
    throw refused(error);
  }

  /** What is wrong, in the words of whoever noticed. */
  function explain(error: unknown): never {
    const reasons = [...chainOf(error)].map(({ message }) => message);
    throw new SupastorError(
      'SJ_UPSTREAM_FAILED',
      `${config.issuer} is no OpenID Connect provider that can be used: ${reasons.join(': ')}`,
      {
        hint: config.allowPrivate
          ? 'Compare the issuer with the one in the discovery document, and try that address from the server.'
          : 'Compare the issuer with the one in the discovery document. A provider on this machine or in a private network needs allowPrivate.',
        cause: error,
      },
    );
  }

  async function provider(): Promise<Configuration> {
    if (known === null || Date.now() - known.atMs > FRESH_MS) known = { found: discover(), atMs: Date.now() };
    return known.found.catch((error: unknown) => {
      known = null;
      throw unreachable(config, error);
    });
  }

  return {
    config,
    redirectUrl: redirectUri,
    async discover() {
      return toEndpoints((await discover().catch(explain)).serverMetadata(), config.scopes);
    },
    async begin({ state, nonce, verifier }) {
      const [ready, { buildAuthorizationUrl, calculatePKCECodeChallenge }] = [await provider(), await load()];
      const url = buildAuthorizationUrl(ready, {
        redirect_uri: redirectUri(),
        scope: config.scopes.join(' '),
        state,
        nonce,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return url.href;
    },
    async finish(query, { state, nonce, verifier }) {
      const [ready, { authorizationCodeGrant, fetchUserInfo }] = [await provider(), await load()];
      const answered = new URL(redirectUri());
      answered.search = query;
      const tokens = await authorizationCodeGrant(ready, answered, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      }).catch(refuse);
      const claims = tokens.claims();
      if (!claims) throw refused();
      const complete = 'email' in claims && config.groupClaim in claims;
      const canAsk = ready.serverMetadata().userinfo_endpoint !== undefined;
      const more = complete || !canAsk ? {} : await fetchUserInfo(ready, tokens.access_token, claims.sub).catch(refuse);
      return toClaims({ ...more, ...claims }, config.groupClaim);
    },
    async signOutUrl() {
      const [ready, { buildEndSessionUrl }] = [await provider(), await load()];
      if (ready.serverMetadata().end_session_endpoint === undefined) return null;
      return buildEndSessionUrl(ready, { post_logout_redirect_uri: `${publicUrl()}/login` }).href;
    },
  };
}

type Metadata = ReturnType<Configuration['serverMetadata']>;

function toEndpoints(metadata: Metadata, scopes: readonly string[]): SsoEndpoints {
  const { issuer, authorization_endpoint, token_endpoint, end_session_endpoint, scopes_supported: known } = metadata;
  return {
    issuer,
    authorization: authorization_endpoint ?? null,
    token: token_endpoint ?? null,
    signOut: end_session_endpoint ?? null,
    unknownScopes: known === undefined ? [] : scopes.filter((scope) => !known.includes(scope)),
  };
}

/** An error and what caused it, outermost first. */
function* chainOf(error: unknown): Generator<Error> {
  for (let at = error; at instanceof Error; at = at.cause) yield at;
}

function toBody(body: unknown): string {
  return body instanceof URLSearchParams || typeof body === 'string' ? body.toString() : '';
}

function toClaims(claims: Readonly<Record<string, unknown>>, groupClaim: string): SsoClaims {
  const { iss, sub, email, email_verified: verified, name } = claims;
  const groups = claims[groupClaim];
  return {
    issuer: String(iss),
    subject: String(sub),
    email: typeof email === 'string' && email !== '' ? email.toLowerCase() : null,
    emailVerified: verified === true,
    name: typeof name === 'string' ? name.slice(0, 100) : '',
    groups: Array.isArray(groups) ? groups.map(String) : typeof groups === 'string' ? [groups] : [],
  };
}

class NoAnswer extends Error {}

function refused(cause?: unknown): SupastorError {
  return new SupastorError('SJ_UNAUTHENTICATED', 'The answer of the provider was not accepted.', { hint: 'Sign in again.', cause });
}

function unreachable({ name, id }: SsoProviderConfig, cause: unknown): SupastorError {
  return new SupastorError('SJ_UPSTREAM_FAILED', `${name} does not answer as an OpenID Connect provider.`, {
    hint: `Sign in another way; an operator checks issuer and network of the provider ${id} in access.sso.`,
    cause,
  });
}
