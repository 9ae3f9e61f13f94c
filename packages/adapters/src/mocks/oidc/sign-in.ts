import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { isFromElsewhere, readBody, sendJson } from '../loopback-server.ts';
import { type Html, html, sendPage } from '../page.ts';
import type { TestUser } from './test-users.ts';

interface SignInDeps {
  readonly provider: Provider;
  readonly users: Map<string, TestUser>;
}

const MAX_FORM_BYTES = 10_000;

/** The page of one sign-in: lists the users, and signs in who is picked; or somebody who is made up on the spot. */
export async function handleSignIn({ provider, users }: SignInDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const details = await provider.interactionDetails(request, response).catch(() => null);
  if (details === null) {
    sendPage(response, {
      title: 'Sign in',
      body: html`<h1>This sign-in is over</h1>
        <p>Begin it again where you came from.</p>`,
    });
    return;
  }
  if (request.method !== 'POST') {
    const client = String(details.params['client_id']);
    // The policy covers the redirects that follow the form as well, which lead back to the application.
    return sendPage(response, { title: 'Sign in', body: signInPage(client, users), formsTo: 'http: https:' });
  }
  if (isFromElsewhere(request)) return sendJson(response, 403, { error: 'another site asked for this' });
  const form = new URLSearchParams((await readBody(request, MAX_FORM_BYTES)).toString());
  const login = form.get('login') ?? '';
  if (login !== '' && form.has('email')) users.set(login, madeUp(form));
  if (!users.has(login)) return sendJson(response, 400, { error: `there is no test user "${login}"` });
  await provider.interactionFinished(request, response, { login: { accountId: login } }, { mergeWithLastSubmission: false });
}

function madeUp(form: URLSearchParams): TestUser {
  const login = form.get('login') ?? '';
  const groups = (form.get('groups') ?? '').split(',').map((group) => group.trim());
  return {
    email: form.get('email') || `${login}@example.test`,
    email_verified: true,
    name: form.get('name') || login,
    groups: groups.filter((group) => group !== ''),
  };
}

function signInPage(client: string, users: ReadonlyMap<string, TestUser>): Html {
  return html`<h1>Sign in to ${client} as</h1>
    <p class="muted">These are test users of a mock provider. There are no passwords.</p>
    <form method="post">
      <ul class="people">
        ${[...users].map(
          ([login, { name, email, groups }]) =>
            html`<li>
              <button name="login" value="${login}">
                <strong>${name}</strong><br />${email}<br /><span class="muted">${groups.join(', ') || 'no groups'}</span>
              </button>
            </li>`,
        )}
      </ul>
    </form>
    <h2>Somebody else</h2>
    <form class="inline" method="post">
      <label>Login <input name="login" required maxlength="100" /></label>
      <label>E-mail <input name="email" type="email" /></label>
      <label>Name <input name="name" maxlength="100" /></label>
      <label>Groups <input name="groups" placeholder="with, commas" /></label>
      <button>Sign in</button>
    </form>`;
}
