import { createInterface } from 'node:readline/promises';
import { SupastorError } from '@supastor/contract/errors';

/** Asks one question on stderr and returns the trimmed answer, or `fallback` when it is empty. @throws SJ_INTERRUPTED */
export async function ask(question: string, fallback: string, signal: AbortSignal): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  reader.once('close', () => closed.abort());
  reader.once('SIGINT', () => reader.close());
  try {
    const suffix = fallback === '' ? '' : ` (${fallback})`;
    const answer = await reader.question(`${question}${suffix}: `, { signal: AbortSignal.any([signal, closed.signal]) });
    return answer.trim() === '' ? fallback : answer.trim();
  } catch (error) {
    if (signal.aborted || closed.signal.aborted)
      throw new SupastorError('SJ_INTERRUPTED', 'no answer was given; nothing was changed', { cause: error });
    throw error;
  } finally {
    reader.close();
  }
}

/** Asks until the answer passes `check`, which returns what is wrong or null. */
export async function askUntil(
  question: string,
  fallback: string,
  check: (answer: string) => string | null,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const answer = await ask(question, fallback, signal);
    const problem = check(answer);
    if (problem === null) return answer;
    process.stderr.write(`${problem}\n`);
  }
}

/** True for `y` or `yes`; anything else is no. */
export async function askYesNo(question: string, signal: AbortSignal): Promise<boolean> {
  const answer = await ask(`${question} [y/N]`, '', signal);
  return /^y(?:es)?$/i.test(answer);
}
