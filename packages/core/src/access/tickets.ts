import { hash } from 'node:crypto';
import type { Clock } from '../operations/ports.ts';
import type { TextSeal } from '../secrets/text-seal.ts';
import type { UsedOnce } from './passkey.port.ts';

const LIFETIME_MS = 300_000;

export interface TicketsOptions {
  readonly seal: TextSeal;
  readonly usedOnce: UsedOnce;
  readonly clock: Clock;
}

/**
 * What a client carries from the first step of a sign-in to the last, sealed: nothing is kept for those who never come back,
 * and any server can finish what another one began.
 */
export interface Tickets {
  /** @param purpose Opens only for the same. */
  issue(purpose: string, facts: Readonly<Record<string, string>>): string;
  /** Null when it is not one of ours, for something else, or too old. */
  read(purpose: string, ticket: string): TicketFacts | null;
  /** False when it was used before, on whatever server. */
  use(ticket: string): Promise<boolean>;
}

export type TicketFacts = Readonly<Record<string, string>>;

export function createTickets({ seal, usedOnce, clock }: TicketsOptions): Tickets {
  return {
    issue: (purpose, facts) => seal.close(JSON.stringify({ ...facts, expiresAtMs: String(clock.now() + LIFETIME_MS) }), purpose),
    read(purpose, ticket) {
      const facts = openFacts(seal, purpose, ticket);
      return facts !== null && Number(facts['expiresAtMs']) > clock.now() ? facts : null;
    },
    use: (ticket) => usedOnce.use(`ticket:${hash('sha256', ticket)}`, clock.now() + LIFETIME_MS),
  };
}

function openFacts(seal: TextSeal, purpose: string, ticket: string): TicketFacts | null {
  try {
    const value: unknown = JSON.parse(seal.open(ticket, purpose));
    return typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, fact]) => [key, String(fact)]))
      : null;
  } catch {
    return null;
  }
}
