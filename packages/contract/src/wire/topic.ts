import { z } from 'zod';

/** Kinds of things that events are about. */
export const TOPIC_NOUNS = ['buckets', 'objects', 'jobs', 'policies', 'sessions', 'users', 'roles', 'services', 'alerts'] as const;
export type TopicNoun = (typeof TOPIC_NOUNS)[number];

/** What a topic pattern takes in; null stands for any. */
export interface TopicPattern {
  readonly noun: TopicNoun | null;
  readonly verb: string | null;
  /** The bucket, job, policy, session, user or role. */
  readonly key: string | null;
}

const GRAMMAR = /^(?:\*|([a-z]+)(?:\.(?:\*|([a-z]+)))?(?::(.{1,1024}))?)$/s;

/** Reads `objects`, `objects.*`, `objects.deleted`, `jobs:<id>`, `objects.*:<bucket>` or `*`; null when it is none of these. */
export function parseTopic(text: string): TopicPattern | null {
  const found = GRAMMAR.exec(text);
  if (!found) return null;
  const noun = TOPIC_NOUNS.find((candidate) => candidate === found[1]) ?? null;
  if (found[1] !== undefined && noun === null) return null;
  return { noun, verb: found[2] ?? null, key: found[3] ?? null };
}

export const topicPatternSchema = z
  .string()
  .max(1100)
  .refine((text) => parseTopic(text) !== null, {
    error: `a topic is <noun>, <noun>.<verb> or <noun>:<key>, where the noun is one of ${TOPIC_NOUNS.join(', ')}`,
  });
