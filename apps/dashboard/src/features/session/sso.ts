import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';

const KEY = 'supastor-sso';

interface Begun {
  readonly ticket: string;
  /** Where somebody wanted to go. */
  readonly to?: string;
}

/** Leaves for the provider; the ticket stays in this tab, so that nobody else's answer is taken for ours. */
export async function leaveForProvider(provider: string, to: string | undefined): Promise<void> {
  const { url, ticket } = await call(operations.sessionSsoBegin, { provider });
  sessionStorage.setItem(KEY, JSON.stringify({ ticket, ...(to !== undefined && { to }) } satisfies Begun));
  location.assign(url);
}

/** The ticket of this tab; null when there is none. */
export function readSsoTicket(): Begun | null {
  const kept = sessionStorage.getItem(KEY);
  if (kept === null) return null;
  const value: unknown = JSON.parse(kept);
  return isBegun(value) ? value : null;
}

/** Hands the provider's answer in together with the ticket, which is over then. */
export function finishAtServer(ticket: string, query: string) {
  sessionStorage.removeItem(KEY);
  return call(operations.sessionSsoFinish, { ticket, query });
}

function isBegun(value: unknown): value is Begun {
  return typeof value === 'object' && value !== null && 'ticket' in value && typeof value.ticket === 'string';
}
