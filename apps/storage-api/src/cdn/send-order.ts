import { PurgeProblem } from './cdn-driver.port.ts';

export interface Order {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Statuses besides 2xx that are as good. */
  readonly fine?: readonly number[];
  /** Told what was answered; left out: only the status counts. */
  readonly read?: (answer: string) => void;
}

const ATTEMPT_MS = 4000;
const MAX_ANSWER_BYTES = 65_536;
/** Answers that may be another one a moment later. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Sends one order. @throws PurgeProblem when it is not taken */
export async function sendOrder(url: string, { fine = [], read, ...order }: Order, signal: AbortSignal): Promise<void> {
  try {
    const limit = AbortSignal.any([AbortSignal.timeout(ATTEMPT_MS), signal]);
    const response = await fetch(url, { ...order, signal: limit, redirect: 'manual' });
    const isTaken = response.ok || fine.includes(response.status);
    if (isTaken && read) read(await readSome(response));
    // An endless body must not hold the connection.
    else await response.body?.cancel().catch(() => undefined);
    if (!isTaken) throw new PurgeProblem(`the cache answered ${response.status}`, { mayPass: PASSING.has(response.status) });
  } catch (cause) {
    if (cause instanceof PurgeProblem) throw cause;
    throw new PurgeProblem('the cache cannot be reached', { mayPass: true, cause });
  }
}

/** The beginning of an answer. */
async function readSome(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < MAX_ANSWER_BYTES) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString();
    chunks.push(value);
    length += value.length;
  }
  await reader.cancel();
  return Buffer.concat(chunks).toString();
}
