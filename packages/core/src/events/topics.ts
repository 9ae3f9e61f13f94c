import { type EventName, isEventName, isPayloadOf } from '@supastor/contract/events';
import type { ScopeTarget } from '@supastor/contract/access/scope';
import type { TopicNoun, TopicPattern } from '@supastor/contract/wire/topic';
import { type GrantHolder, holds } from '../access/grant.ts';
import type { StoredEvent } from './event-log.port.ts';

type Payload = StoredEvent['payload'];

interface Topic {
  readonly noun: TopicNoun;
  readonly verb: string;
  /** Field of the payload that names the thing. */
  readonly keyField: string;
}

/** Events that other servers and clients are told of. The rest stays in its process. */
const TOPICS: { readonly [N in EventName]?: Topic } = {
  'bucket.created': { noun: 'buckets', verb: 'created', keyField: 'bucket' },
  'bucket.updated': { noun: 'buckets', verb: 'updated', keyField: 'bucket' },
  'bucket.deleted': { noun: 'buckets', verb: 'deleted', keyField: 'bucket' },
  'object.changed': { noun: 'objects', verb: 'changed', keyField: 'bucket' },
  'object.moved': { noun: 'objects', verb: 'moved', keyField: 'bucket' },
  'object.deleted': { noun: 'objects', verb: 'deleted', keyField: 'bucket' },
  'job.changed': { noun: 'jobs', verb: 'changed', keyField: 'id' },
  'alert.fired': { noun: 'alerts', verb: 'fired', keyField: 'rule' },
  'alert.resolved': { noun: 'alerts', verb: 'resolved', keyField: 'rule' },
  'policy.created': { noun: 'policies', verb: 'created', keyField: 'name' },
  'policy.updated': { noun: 'policies', verb: 'updated', keyField: 'name' },
  'policy.deleted': { noun: 'policies', verb: 'deleted', keyField: 'name' },
  'session.started': { noun: 'sessions', verb: 'started', keyField: 'sessionId' },
  'session.ended': { noun: 'sessions', verb: 'ended', keyField: 'sessionId' },
  'user.changed': { noun: 'users', verb: 'changed', keyField: 'userId' },
  'role.changed': { noun: 'roles', verb: 'changed', keyField: 'role' },
};

/** More paths than this in one event say no more than that the bucket has changed. */
const MAX_PATHS = 100;

/** An event as one reader may see it. */
export interface VisibleEvent {
  readonly topic: string;
  readonly payload: Payload;
}

export function isShared(name: EventName): boolean {
  return TOPICS[name] !== undefined;
}

/** The payload as it is kept: long lists are cut to what they mean. */
export function shorten(name: EventName, payload: Payload): Payload {
  if (name === 'object.deleted' && isPayloadOf(name, payload) && payload.paths.length > MAX_PATHS) return { ...payload, paths: [] };
  return payload;
}

/** The permission that a noun's topics ask for. */
export function permissionOf(noun: TopicNoun): string {
  return `${noun}:read`;
}

/** Whether somebody may listen to a pattern: the permission for the whole of it, or for a part. Each event is looked at again. */
export function mayListen(reader: GrantHolder, { noun, key }: TopicPattern): 'yes' | 'lacks' | 'out-of-reach' {
  if (noun === null) return 'yes';
  const permission = permissionOf(noun);
  if (!reader.grants.some((grant) => grant.permissions.has(permission))) return 'lacks';
  if (!isInBucket(noun)) return holds(reader, permission) ? 'yes' : 'lacks';
  return key === null || holds(reader, permission, { bucket: key, anyPart: true }) ? 'yes' : 'out-of-reach';
}

/** What of an event a reader is told who listens to these patterns; null: nothing. */
export function viewFor(reader: GrantHolder, patterns: readonly TopicPattern[], event: StoredEvent): VisibleEvent | null {
  const topic = isEventName(event.name) ? TOPICS[event.name] : undefined;
  if (!topic) return null;
  const visible = reveal(reader, topic, event);
  if (!visible) return null;
  const key = String(event.payload[topic.keyField]);
  return patterns.some((pattern) => matches(pattern, topic.noun, visible.verb, key))
    ? { topic: `${topic.noun}.${visible.verb}`, payload: visible.payload }
    : null;
}

function matches(pattern: TopicPattern, noun: TopicNoun, verb: string, key: string): boolean {
  return (
    (pattern.noun === null || pattern.noun === noun) &&
    (pattern.verb === null || pattern.verb === verb) &&
    (pattern.key === null || pattern.key === key)
  );
}

/** The part of an event that is in a reader's reach. */
function reveal(reader: GrantHolder, { noun, verb }: Topic, { name, payload }: StoredEvent): { verb: string; payload: Payload } | null {
  const permission = permissionOf(noun);
  if (!isInBucket(noun)) return holds(reader, permission) ? { verb, payload } : null;
  const bucket = String(payload['bucket']);
  const has = (target: Omit<ScopeTarget, 'bucket'>) => holds(reader, permission, { bucket, ...target });
  if (has({})) return { verb, payload };
  if (!has({ anyPart: true })) return null;
  if (name === 'object.moved' && isPayloadOf(name, payload)) {
    const inReach = [payload.from, payload.to].filter((path) => has({ path })).length;
    if (inReach === 2) return { verb, payload };
    // Half a move names what is out of reach: it only tells that the bucket has changed.
    return inReach === 1 ? { verb: 'changed', payload: { bucket } } : null;
  }
  if (name === 'object.deleted' && isPayloadOf(name, payload) && payload.paths.length > 0) {
    const paths = payload.paths.filter((path) => has({ path }));
    return paths.length > 0 ? { verb, payload: { bucket, paths } } : null;
  }
  return { verb, payload };
}

function isInBucket(noun: TopicNoun): boolean {
  return noun === 'buckets' || noun === 'objects';
}
