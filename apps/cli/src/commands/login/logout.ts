import type { LoginFile } from '@supastor/adapters/credentials/login-file';
import { sessionLogout } from '@supastor/contract/operations/session';
import { keptToken } from '../../admin/kept-token.ts';
import { locateAdmin } from '../../admin/locate-admin.ts';
import { openLogins, withClient } from '../../admin/with-admin.ts';
import type { CliContext } from '../../context.ts';

/** Ends kept sessions, on their servers and here; a server that cannot be reached does not keep one from being forgotten. */
export async function logout(context: CliContext, all: boolean): Promise<void> {
  const file = openLogins(context);
  const { logins } = file.read();
  const addresses = all ? Object.keys(logins) : [(await locateAdmin(context, file.read())).baseUrl];
  const known = addresses.filter((address) => logins[address] !== undefined);
  for (const address of known) await endSession(context, file, address);
  await forget(file, known, context.signal);
  context.output.result({ ended: known }, () =>
    known.length === 0 ? 'There was no session.' : known.map((address) => `Signed out of ${address}.`).join('\n'),
  );
}

async function endSession(context: CliContext, file: LoginFile, baseUrl: string): Promise<void> {
  try {
    await withClient(context, baseUrl, async (clientFor) => {
      const token = await keptToken({ file, baseUrl, client: clientFor(null), signal: context.signal });
      if (token !== null) await clientFor(token).run(sessionLogout, {}, { signal: context.signal });
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.output.warn(`${baseUrl} was not told, its session ends by itself: ${reason}`);
  }
}

function forget(file: LoginFile, addresses: readonly string[], signal: AbortSignal): Promise<void> {
  return file.update(async ({ current, logins }) => {
    const left = Object.entries(logins).filter(([address]) => !addresses.includes(address));
    const stillCurrent = left.some(([address]) => address === current);
    return { logins: { current: stillCurrent ? current : null, logins: Object.fromEntries(left) }, result: undefined };
  }, signal);
}
