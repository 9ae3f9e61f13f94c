import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { LiveSocket, type LiveState } from './live-socket.ts';
import { keys } from './query-keys.ts';
import { API_ROOT } from './request.ts';
import { throttlePerKey } from './throttle.ts';

/** The page's live connection; started after sign-in. */
export const live = new LiveSocket({
  open: (events) => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}${API_ROOT}/live`);
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
});

/** Changes come in bursts, and the page that made one is often about to leave: wait a little before asking again. */
const REFRESH_AFTER_MS = 400;

/** Writes what the server pushes into the query cache. Returns the function that disconnects. */
export function connectLive(client: QueryClient): () => void {
  let wasOpen = false;
  const refreshBucket = throttlePerKey((bucket) => {
    void client.invalidateQueries({ queryKey: keys.buckets });
    void client.invalidateQueries({ queryKey: keys.bucket(bucket) });
  }, REFRESH_AFTER_MS);
  const refreshObjects = throttlePerKey((bucket) => void client.invalidateQueries({ queryKey: keys.objects(bucket) }), REFRESH_AFTER_MS);
  const unlisten = live.listen({
    message: (message) => {
      if (message.type === 'services') client.setQueryData(keys.services, { services: message.services });
      if (message.type !== 'changed') return;
      if (message.topic === 'buckets') refreshBucket(message.bucket);
      else refreshObjects(message.bucket);
    },
    state: (state) => {
      // What happened while the line was down is unknown: ask again, the session included.
      if (state === 'open' && wasOpen) void client.invalidateQueries();
      if (state === 'waiting') void client.invalidateQueries({ queryKey: keys.session });
      wasOpen ||= state === 'open';
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
