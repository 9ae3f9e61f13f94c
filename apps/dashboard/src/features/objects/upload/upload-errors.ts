import { uploads as english } from '../../../messages/en/uploads.ts';

/** The object is there already and may not be replaced. */
export class UploadConflict extends Error {
  override readonly name = 'UploadConflict';
}

/** The way to storage broke, or storage is busy: worth another try without asking anyone. */
export class UploadInterrupted extends Error {
  override readonly name = 'UploadInterrupted';
  /** Whether storage answered at all. */
  readonly answered: boolean;

  constructor(message: string, options: { readonly answered: boolean }) {
    super(message);
    this.answered = options.answered;
  }
}

/** What passes by itself: too early, locked by the connection that broke, too many, and a server that is restarting. */
const PASSING = new Set([408, 423, 425, 429, 502, 503, 504]);

/** The error for a request that got no answer. */
export function noAnswer(): UploadInterrupted {
  return new UploadInterrupted(english.problems.connection, { answered: false });
}

/** The error in a storage answer, whose body repeats the real status: null when the upload was accepted. */
export function readFailure(status: number, body: string): Error | null {
  if (status >= 200 && status < 300) return null;
  const { statusCode, message } = parseStorageError(body);
  const text = message ?? `Storage answered ${status}.`;
  if (status === 409 || statusCode === '409' || isConflictText(text)) return new UploadConflict(text);
  return PASSING.has(status) ? new UploadInterrupted(text, { answered: true }) : new Error(text);
}

/** Whether storage says, in any of its ways, that the object exists. */
export function isConflictText(text: string): boolean {
  return /already exists|duplicate/i.test(text);
}

function parseStorageError(body: string): { readonly statusCode: string | null; readonly message: string | null } {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return { statusCode: null, message: null };
    return {
      statusCode: 'statusCode' in value ? String(value.statusCode) : null,
      message: 'message' in value && typeof value.message === 'string' ? value.message : null,
    };
  } catch {
    return { statusCode: null, message: null };
  }
}
