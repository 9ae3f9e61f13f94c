import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { SupastorError } from '@supastor/contract/errors';

/** Questions on the terminal, asked on stderr one after the other. Close it, or the process stays. */
export interface Prompt {
  /** The trimmed answer, or `fallback` when it is empty. @throws SJ_INTERRUPTED when the person or the signal breaks off */
  ask(question: string, fallback: string): Promise<string>;
  /** Asks until `check` returns null; what it returns otherwise is shown. @throws SJ_INTERRUPTED */
  askUntil(question: string, fallback: string, check: (answer: string) => string | null): Promise<string>;
  close(): void;
}

/** Opens the terminal for questions. Lines typed ahead are kept for the next question. */
export function openPrompt(signal: AbortSignal): Prompt {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const lines = reader[Symbol.asyncIterator]();
  const close = () => reader.close();
  reader.once('SIGINT', close);
  signal.addEventListener('abort', close, { once: true });
  const askOne = async (question: string, fallback: string): Promise<string> => {
    if (signal.aborted) throw interrupted();
    reader.setPrompt(fallback === '' ? `${question}: ` : `${question} (${fallback}): `);
    reader.prompt();
    const { done, value } = await lines.next();
    if (done === true) {
      process.stderr.write('\n');
      throw interrupted();
    }
    return value.trim() === '' ? fallback : value.trim();
  };
  const askUntil: Prompt['askUntil'] = async (question, fallback, check) => {
    for (;;) {
      const answer = await askOne(question, fallback);
      const problem = check(answer);
      if (problem === null) return answer;
      process.stderr.write(`${problem}\n`);
    }
  };
  return {
    ask: askOne,
    askUntil,
    close() {
      signal.removeEventListener('abort', close);
      close();
    },
  };
}

function interrupted(): SupastorError {
  return new SupastorError('SJ_INTERRUPTED', 'no answer was given; nothing was changed');
}

/** Asks one question. @throws SJ_INTERRUPTED */
export async function ask(question: string, fallback: string, signal: AbortSignal): Promise<string> {
  const prompt = openPrompt(signal);
  try {
    return await prompt.ask(question, fallback);
  } finally {
    prompt.close();
  }
}

/** True for `y` or `yes`; anything else is no. @throws SJ_INTERRUPTED */
export async function askYesNo(question: string, signal: AbortSignal): Promise<boolean> {
  return /^y(?:es)?$/i.test(await ask(`${question} [y/N]`, '', signal));
}

/** Asks for something that is not shown while it is typed. @throws SJ_INTERRUPTED */
export async function askSecret(question: string, signal: AbortSignal): Promise<string> {
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: muted, terminal: true });
  process.stderr.write(`${question}: `);
  try {
    return await new Promise<string>((resolve, reject) => {
      const stop = () => reject(interrupted());
      reader.once('line', resolve);
      reader.once('SIGINT', stop);
      reader.once('close', stop);
      signal.addEventListener('abort', stop, { once: true });
    });
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}
