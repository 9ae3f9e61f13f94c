import { SupastorError } from '@supastor/contract/errors';
import { sessionMethods } from '@supastor/contract/operations/passkeys';
import { sessionSsoBegin, sessionSsoFinish } from '@supastor/contract/operations/sso';
import { withClient } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';
import { openPrompt } from '../../prompt.ts';

/**
 * Signs in with a provider of single sign-on: says where to go, and takes the address that the browser ends at. The ticket stays in this
 * process, so that address is of no use to anybody else.
 * @param wanted Id of a provider; true: the only one there is
 */
export async function signInWithProvider(context: CliContext, baseUrl: string, wanted: string | true) {
  const { signal } = context;
  const { url, ticket } = await withClient(context, baseUrl, async (clientFor) => {
    const client = clientFor(null);
    const { providers } = await client.run(sessionMethods, {}, { signal });
    const provider = choose(
      providers.map(({ id }) => id),
      wanted,
    );
    return client.run(sessionSsoBegin, { provider }, { signal });
  });
  const query = await askForAnswer(url, signal);
  return withClient(context, baseUrl, (clientFor) => clientFor(null).run(sessionSsoFinish, { ticket, query }, { signal }));
}

function choose(providers: readonly string[], wanted: string | true): string {
  const [only] = providers;
  if (wanted !== true && providers.includes(wanted)) return wanted;
  if (wanted === true && providers.length === 1 && only !== undefined) return only;
  if (only === undefined) {
    throw new SupastorError('SJ_USAGE', 'This admin API has no single sign-on.', { hint: 'sign in with --email, or set access.sso' });
  }
  const which = wanted === true ? 'There are several providers.' : `There is no provider ${wanted}.`;
  throw new SupastorError('SJ_USAGE', which, { hint: `use --sso with one of ${providers.join(', ')}` });
}

async function askForAnswer(url: string, signal: AbortSignal): Promise<string> {
  const prompt = openPrompt(signal);
  try {
    const question = `Open this address in a browser and sign in:\n\n  ${url}\n\nAddress of the page that it ends at`;
    return queryOf(
      await prompt.askUntil(question, '', (answer) => (queryOf(answer) === '' ? 'it has ?code=... and state=... in it' : null)),
    );
  } finally {
    prompt.close();
  }
}

function queryOf(address: string): string {
  if (!URL.canParse(address)) return '';
  const { search, searchParams } = new URL(address);
  return searchParams.has('state') ? search.slice(1) : '';
}
