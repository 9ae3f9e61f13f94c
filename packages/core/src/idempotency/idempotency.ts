import { hash } from 'node:crypto';
import { type ErrorCode, SupastorError } from '@supastor/contract/errors';
import type { Identity } from '../access/identity.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { OperationLogger } from '../operations/ports.ts';
import type { TextSeal } from '../secrets/text-seal.ts';
import type { IdempotencyStore } from './idempotency.port.ts';

/** An answer as a door sent it. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface IdempotentRequest {
  readonly identity: Identity;
  readonly operation: string;
  /** The client's key, 1 to 255 visible ASCII characters. */
  readonly key: string;
  readonly input: unknown;
}

export interface IdempotencyOptions {
  readonly store: IdempotencyStore;
  /** Answers may hold secrets that are shown once; the store sees only sealed text. */
  readonly seal: TextSeal;
  /** Id of this process. */
  readonly owner: string;
  readonly logger: OperationLogger;
}

export interface Idempotency {
  /**
   * Runs `work` at most once for the key, and answers every repetition with the first answer.
   * @param work Resolves to the answer, refusals included; with `final: false` the key is free again.
   * @throws SJ_INPUT_INVALID for a malformed key, SJ_IDEMPOTENCY_REUSED for other input, SJ_CONFLICT while the first runs or when its answer is lost
   */
  once(request: IdempotentRequest, work: () => Promise<IdempotentResult>): Promise<KeptAnswer & { readonly replayed: boolean }>;
}

export interface IdempotentResult {
  readonly answer: KeptAnswer;
  readonly final: boolean;
}

export const IDEMPOTENCY_TTL_MS = 86_400_000;
const KEY = /^[\x21-\x7e]{1,255}$/;

/** Refusals that came before anything was changed: the same key may try again. */
const NOTHING_DONE: ReadonlySet<string> = new Set<ErrorCode>([
  'SJ_INPUT_INVALID',
  'SJ_UNAUTHENTICATED',
  'SJ_FORBIDDEN',
  'SJ_RATE_LIMITED',
  'SJ_AUDIT_UNAVAILABLE',
  'SJ_DATABASE_UNREACHABLE',
  'SJ_SUPERVISOR_UNREACHABLE',
  'SJ_UPSTREAM_FAILED',
  'SJ_PRECONDITION_FAILED',
]);

/** Whether a failure is the lasting answer to its request, and not one that another attempt may get past. */
export function isFinalFailure(code: string): boolean {
  return !NOTHING_DONE.has(code);
}

export function createIdempotency({ store, seal, owner, logger }: IdempotencyOptions): Idempotency {
  return {
    async once({ identity, operation, key, input }, work) {
      if (!KEY.test(key)) throw malformed();
      const id = hash('sha256', canonicalJson([identity.apiKeyId ?? identity.email, operation, key]));
      const fingerprint = hash('sha256', canonicalJson(input));
      const claim = await store.claim({ id, fingerprint, owner, ttlMs: IDEMPOTENCY_TTL_MS });
      if (claim.state !== 'claimed') {
        if (claim.fingerprint !== fingerprint) throw reused();
        if (claim.state === 'kept') return { ...readAnswer(seal.open(claim.answer, id)), replayed: true };
        throw claim.state === 'running' ? running() : lost();
      }
      const release = () =>
        store.release(id).catch((error: unknown) => logger.warn({ err: error }, 'an idempotency key could not be freed'));
      let result: IdempotentResult;
      try {
        result = await work();
      } catch (error) {
        await release();
        throw error;
      }
      if (result.final) {
        await store
          .keep(id, seal.close(JSON.stringify(result.answer), id))
          .catch((error: unknown) => logger.warn({ err: error }, 'an answer could not be kept for its idempotency key'));
      } else await release();
      return { ...result.answer, replayed: false };
    },
  };
}

function readAnswer(text: string): KeptAnswer {
  const { status, headers, body }: KeptAnswer = JSON.parse(text);
  return { status, headers, body };
}

function malformed(): SupastorError {
  return new SupastorError('SJ_INPUT_INVALID', 'Idempotency-Key must be 1 to 255 visible ASCII characters.', {
    hint: 'A fresh UUID is a good key.',
    meta: { errors: [{ path: 'Idempotency-Key', message: '1 to 255 visible ASCII characters' }] },
  });
}

function reused(): SupastorError {
  return new SupastorError('SJ_IDEMPOTENCY_REUSED', 'This idempotency key was sent before with another input.', {
    hint: 'Use a fresh key for each new request.',
  });
}

function running(): SupastorError {
  return new SupastorError('SJ_CONFLICT', 'The first request with this idempotency key is still running.', {
    hint: 'Send it again in a moment to get its answer.',
    meta: { retryAfterSeconds: 1 },
  });
}

function lost(): SupastorError {
  return new SupastorError(
    'SJ_CONFLICT',
    'The server died while it ran the first request with this idempotency key; it may or may not have taken effect.',
    {
      hint: 'Look at the current state and at the audit trail, then send it with a fresh key if it is still needed.',
    },
  );
}
