import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SupastorError } from '@supastor/contract/errors';

/** The only queries that are run, by their SHA-256. */
export type QueryAllowList = ReadonlyMap<string, string>;

/** Reads an allow-list: a JSON array of query texts, or a manifest as Apollo's tools write it. @throws SJ_CONFIG_INVALID */
export function readQueryAllowList(path: string): QueryAllowList {
  try {
    const queries = queriesOf(JSON.parse(readFileSync(path, 'utf8')));
    return new Map(queries.map((query) => [createHash('sha256').update(query).digest('hex'), query]));
  } catch (cause) {
    throw new SupastorError('SJ_CONFIG_INVALID', `admin.graphql.allowListPath: ${path} cannot be read as a list of queries.`, {
      hint: 'It holds a JSON array of query texts, or {"operations": [{"body": "..."}]}.',
      cause,
    });
  }
}

function queriesOf(value: unknown): readonly string[] {
  const listed: unknown = Array.isArray(value) ? value : Object(value)['operations'];
  if (!Array.isArray(listed)) throw new TypeError('neither an array nor a manifest');
  return listed.map((item: unknown) => {
    const query: unknown = typeof item === 'string' ? item : Object(item)['body'];
    if (typeof query !== 'string' || query.trim() === '') throw new TypeError('an entry is no query');
    return query;
  });
}
