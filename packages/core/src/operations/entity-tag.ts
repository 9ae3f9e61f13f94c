import { hash } from 'node:crypto';
import { OPERATIONS, type RegisteredOperation } from '@supastor/contract/operations/all';
import type { OperationDefinition } from '@supastor/contract/operations/define';
import { canonicalJson } from '../audit/canonical-json.ts';

/** Strong entity tag (RFC 9110, 8.8.3) of an answer: equal answers have equal tags, on every replica. */
export function entityTagOf(output: unknown): string {
  return `"${hash('sha256', canonicalJson(output), 'base64url').slice(0, 27)}"`;
}

/** Whether a list of entity tags (`If-Match`, `If-None-Match`) names `current`; weak tags count only where `weak` allows it. */
export function tagListNames(list: string, current: string, { weak }: { readonly weak: boolean }): boolean {
  return list.split(',').some((part) => {
    const tag = part.trim();
    return tag === '*' || tag === current || (weak && tag === `W/${current}`);
  });
}

const READERS = new Map(
  OPERATIONS.filter(({ rest, shape, effect }) => rest.method === 'GET' && shape === 'value' && effect === 'read').map((operation) => [
    operation.rest.path,
    operation,
  ]),
);

/**
 * The operation that reads the resource a change acts on: the GET route of the same path, or of the path without its last verb
 * (`/buckets/{bucket}/empty` acts on `/buckets/{bucket}`). Undefined when the change names no single resource.
 */
export function readerOf({ rest }: OperationDefinition): RegisteredOperation | undefined {
  const own = rest.path.endsWith('}') ? rest.path : rest.path.slice(0, rest.path.lastIndexOf('/'));
  return own.endsWith('}') ? READERS.get(own) : undefined;
}

/** Whether a change answers with the resource as it is afterwards, so that the answer's tag is the resource's. */
export function answersWithResource(definition: OperationDefinition): boolean {
  return readerOf(definition)?.output === definition.output;
}
