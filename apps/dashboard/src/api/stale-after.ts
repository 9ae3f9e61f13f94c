import type { LiveServerMessage } from '@supastor/contract/wire/live';
import { keys } from './query-keys.ts';

type QueryKey = readonly unknown[];

/** Keys of what an event makes out of date. */
export function staleAfter({ topic, payload }: Extract<LiveServerMessage, { type: 'event' }>): readonly QueryKey[] {
  const bucket = String(payload['bucket']);
  switch (topic.split('.')[0]) {
    case 'buckets':
      return [keys.buckets, keys.bucket(bucket)];
    case 'objects':
      return [keys.objects(bucket)];
    case 'jobs':
      return [keys.jobs];
    case 'policies':
      return [keys.policies];
    case 'alerts':
      return [keys.alerts];
    case 'sessions':
      return [keys.sessions];
    case 'users':
      return [keys.users];
    case 'roles':
      return [keys.roles, keys.users];
    default:
      return [];
  }
}
