import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { LiveSocket, type LiveState } from './live-socket.ts';
import { keys } from './query-keys.ts';
import { staleAfter } from './stale-after.ts';
import { API_ROOT } from './request.ts';
import { throttlePerKey } from './throttle.ts';

/** The page's live connection; started after sign-in. */
export const live = new LiveSocket({
  open: (events) => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${API_ROOT}/events`);
    socket.addEventListener('open', () => events.opened());
    socket.addEventListener('message', (event) => events.received(event.data));
    socket.addEventListener('close', () => events.closed());
    return socket;
  },
  later: (task, delayMs) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  topics: ['services', 'buckets', 'objects', 'jobs', 'policies', 'sessions', 'users', 'roles', 'alerts'],
});

/** Changes come in bursts, and the page that made one is often about to leave: wait a little before asking again. */
const REFRESH_AFTER_MS = 400;

/** Writes what the server pushes into the query cache. Returns the function that disconnects. */
export function connectLive(client: QueryClient): () => void {
  const refreshKey = throttlePerKey((text) => void client.invalidateQueries({ queryKey: JSON.parse(text) }), REFRESH_AFTER_MS);
  const unlisten = live.listen({
    message: (message) => {
      if (message.type === 'services') client.setQueryData(keys.services, { services: message.services });
      // What was missed cannot be told any more: ask again, the session included.
      if (message.type === 'reload') void client.invalidateQueries();
      if (message.type === 'event') for (const key of staleAfter(message)) refreshKey(JSON.stringify(key));
    },
    state: (state) => {
      if (state === 'waiting') void client.invalidateQueries({ queryKey: keys.session });
    },
  });
  const online = () => live.retryNow();
  window.addEventListener('online', online);
  live.start();
  return () => {
    window.removeEventListener('online', online);
    unlisten();
    live.stop();
  };
}

/** State of the live connection. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (onChange) => live.listen({ state: onChange }),
    () => live.state,
  );
}
