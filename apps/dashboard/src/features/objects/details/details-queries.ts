import { queryOptions } from '@tanstack/react-query';
import { call } from '../../../api/call.ts';
import { operations } from '../../../api/operations.ts';
import { keys } from '../../../api/query-keys.ts';

/** What is known of an object, user metadata included. */
export function detailsQuery(bucket: string, path: string) {
  return queryOptions({
    queryKey: ['object-details', bucket, path],
    queryFn: ({ signal }) => call(operations.objectsInfo, { bucket, path }, signal),
  });
}

/** The versions of an object, newest first. */
export function versionsQuery(bucket: string, path: string) {
  return queryOptions({
    queryKey: [...keys.objects(bucket), 'versions', path],
    queryFn: async ({ signal }) => (await call(operations.objectsVersions, { bucket, path }, signal)).versions,
  });
}

/** Links to an object that still open it, newest first. */
export function linksQuery(bucket: string, path: string) {
  return queryOptions({
    queryKey: ['object-links', bucket, path],
    queryFn: async ({ signal }) => (await call(operations.linksList, { bucket, path, state: 'live', limit: 100 }, signal)).links,
  });
}
