/**
 * Automatic purges are messages to this target of storage.webhooks, so they are written in the transaction of the change, retried,
 * shared by all servers and listed with the rest. No request ever goes to the address: servers know it and purge instead.
 */
export const PURGE_TARGET = { name: 'CDN_PURGE', url: 'https://cdn-purge.invalid/' } as const;
