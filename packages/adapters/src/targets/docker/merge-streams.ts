interface Arrival<T> {
  readonly stream: AsyncGenerator<T>;
  readonly result: IteratorResult<T, unknown>;
}

/** Values of all streams as they come, each stream one ahead. Ends when all have ended, or quietly when `signal` is aborted. */
export async function* mergeStreams<T>(streams: readonly AsyncGenerator<T>[], signal?: AbortSignal): AsyncGenerator<T> {
  // Not a race of promises: a stream that is quiet for days would gather a reaction for every value of the others.
  const arrived: Arrival<T>[] = [];
  let bell = Promise.withResolvers<void>();
  const ring = () => bell.resolve();
  const ask = async (stream: AsyncGenerator<T>) => {
    // A container that goes takes its stream with it.
    const result = await stream.next().catch(() => ({ done: true, value: undefined }) as const);
    arrived.push({ stream, result });
    ring();
  };
  signal?.addEventListener('abort', ring, { once: true });
  try {
    for (const stream of streams) void ask(stream);
    const isWanted = () => signal?.aborted !== true;
    for (let open = streams.length; open > 0 && isWanted();) {
      const next = arrived.shift();
      if (next === undefined) {
        await bell.promise;
        bell = Promise.withResolvers();
      } else if (next.result.done === true) open -= 1;
      else {
        void ask(next.stream);
        yield next.result.value;
      }
    }
  } finally {
    signal?.removeEventListener('abort', ring);
  }
}
