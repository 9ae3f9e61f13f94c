import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { DELIVERY_STATES } from '@supastor/contract/wire/webhook';
import { call } from '../../api/call.ts';
import { operations } from '../../api/operations.ts';
import { keys } from '../../api/query-keys.ts';

type DeliveryState = (typeof DELIVERY_STATES)[number];
const PAGE = 50;
/** Deliveries come and go without an event of their own. */
const REFRESH_MS = 10_000;

/** What the log is narrowed to; lives in the page's address. */
export interface DeliveryFilter {
  readonly target?: string;
  readonly state?: DeliveryState;
}

/** Reads a filter from an address; what it does not know is left out. */
export function parseDeliveryFilter(search: Readonly<Record<string, unknown>>): DeliveryFilter {
  const { target, state } = search;
  return {
    ...(typeof target === 'string' && target !== '' && { target }),
    ...((state === 'delivered' || state === 'pending' || state === 'dead') && { state }),
  };
}

/** Targets of object events. */
export const webhooksQuery = queryOptions({
  queryKey: keys.webhooks,
  queryFn: async ({ signal }) => (await call(operations.webhooksList, {}, signal)).webhooks,
  refetchInterval: REFRESH_MS,
});

/** Messages to targets, newest first. */
export function deliveriesQuery({ target, state }: DeliveryFilter) {
  const input = { ...(target !== undefined && { webhookId: target }), ...(state !== undefined && { state }), limit: PAGE };
  return infiniteQueryOptions({
    queryKey: keys.deliveries(input),
    queryFn: ({ signal, pageParam }) =>
      call(operations.webhooksDeliveries, { ...input, ...(pageParam !== '' && { cursor: pageParam }) }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: REFRESH_MS,
  });
}
