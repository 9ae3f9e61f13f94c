/** A value source that any number of readers follow; each reader sees what is pushed after it subscribed. */
export interface Broadcast<T> {
  push(value: T): void;
  subscribe(signal?: AbortSignal): AsyncIterable<T>;
  /** Ends every reader, as a server does that goes away. */
  end(): void;
}

export function createBroadcast<T>(): Broadcast<T> {
  const readers = new Set<{ readonly queue: T[]; wake: () => void; ended: boolean }>();

  async function* read(signal?: AbortSignal): AsyncGenerator<T> {
    const reader = { queue: [] as T[], wake: () => {}, ended: false };
    readers.add(reader);
    const onAbort = () => {
      reader.ended = true;
      reader.wake();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      if (signal?.aborted) return;
      for (;;) {
        const value = reader.queue.shift();
        if (reader.ended) return;
        if (value !== undefined) yield value;
        else await new Promise<void>((resolve) => (reader.wake = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      readers.delete(reader);
    }
  }

  return {
    push(value) {
      for (const reader of readers) {
        reader.queue.push(value);
        reader.wake();
      }
    },
    subscribe: (signal) => read(signal),
    end() {
      for (const reader of readers) {
        reader.ended = true;
        reader.wake();
      }
    },
  };
}
