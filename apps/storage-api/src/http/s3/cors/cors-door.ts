import type { IncomingMessage, ServerResponse } from 'node:http';
import { S3Error } from '../../../access/sigv4/s3-error.ts';
import type { Database } from '../../../metadata/database.ts';
import { ShortMemory } from '../../../short-memory.ts';
import { sendEmpty, setHeaders } from '../call.ts';
import { findBucketSettings } from '../queries/bucket-settings.ts';
import { type CorsRule, corsRulesSchema, findCorsRule } from './cors-rules.ts';

const FRESH_MS = 400;
const OPEN_PREFLIGHT_SECONDS = 86_400;
const VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

/** What browsers of other origins may do. A bucket without rules is open to all of them: nothing here depends on cookies. */
export class CorsDoor {
  readonly #rules: ShortMemory<readonly CorsRule[] | null>;

  constructor(database: Database) {
    this.#rules = new ShortMemory(FRESH_MS, async (bucket) => {
      const find = findBucketSettings(bucket);
      await database.read(find);
      return corsRulesSchema.safeParse(find.rows[0]?.cors).data ?? null;
    });
  }

  /** Sets what lets a browser show the answer. A request whose origin no rule names is served all the same, as S3 does. */
  async allow(req: IncomingMessage, res: ServerResponse, bucket: string): Promise<void> {
    const { origin } = req.headers;
    if (origin === undefined) return;
    const rules = await this.#rulesOf(bucket).catch(() => []);
    if (rules === null) {
      const exposed = '*, ETag, Location, Content-Range, Content-Length';
      return setHeaders(res, { 'access-control-allow-origin': '*', 'access-control-expose-headers': exposed });
    }
    const rule = findCorsRule(rules, { origin, method: req.method ?? '', headers: [] });
    setHeaders(res, { vary: VARY, ...(rule === undefined ? {} : describeRule(rule, origin)) });
  }

  /** @throws BadRequest when it does not say what it asks for, AccessForbidden when no rule of the bucket allows it */
  async answerPreflight(req: IncomingMessage, res: ServerResponse, bucket: string): Promise<void> {
    const { origin } = req.headers;
    if (origin === undefined || req.headers['access-control-request-method'] === undefined) throw new S3Error('BadRequest');
    const wanted = req.headers['access-control-request-headers'];
    const method = req.headers['access-control-request-method'] ?? '';
    const rules = await this.#rulesOf(bucket);
    if (rules === null) {
      setHeaders(res, {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
        'access-control-allow-headers': wanted,
        'access-control-max-age': OPEN_PREFLIGHT_SECONDS,
        vary: 'Access-Control-Request-Headers',
      });
      return sendEmpty({ res }, 200);
    }
    const headers = (wanted ?? '').split(',').map((name) => name.trim().toLowerCase());
    const rule = findCorsRule(rules, { origin, method, headers: headers.filter((name) => name !== '') });
    setHeaders(res, { vary: VARY });
    if (rule === undefined) throw new S3Error('AccessForbidden');
    setHeaders(res, {
      ...describeRule(rule, origin),
      'access-control-allow-headers': wanted,
      'access-control-max-age': rule.maxAgeSeconds,
    });
    sendEmpty({ res }, 200);
  }

  /** Text that no bucket can be named by has no rules, and Postgres is not asked. */
  async #rulesOf(bucket: string): Promise<readonly CorsRule[] | null> {
    return bucket === '' || bucket.includes('\0') ? null : this.#rules.get(bucket);
  }
}

export function isPreflight({ method }: IncomingMessage): boolean {
  return method === 'OPTIONS';
}

function describeRule(rule: CorsRule, origin: string): Record<string, string | undefined> {
  return {
    'access-control-allow-origin': rule.origins.includes('*') ? '*' : origin,
    'access-control-allow-methods': rule.methods.join(', '),
    'access-control-expose-headers': rule.exposed.length === 0 ? undefined : rule.exposed.join(', '),
  };
}
