/** Values of all streams as they come. Ends when all have ended, or quietly when `signal` is aborted. */
export async function* mergeStreams<T>(streams: readonly AsyncGenerator<T>[], signal?: AbortSignal): AsyncGenerator<T> {
  const aborted = new Promise<null>((resolve) => {
    signal?.addEventListener('abort', () => resolve(null), { once: true });
    if (signal?.aborted) resolve(null);
  });
  const next = async (stream: AsyncGenerator<T>) => {
    // A container that goes takes its stream with it.
    const result = await stream.next().catch(() => ({ done: true as const, value: undefined }));
    return { stream, result };
  };
  const waiting = new Map(streams.map((stream) => [stream, next(stream)]));
  while (waiting.size > 0) {
    const first = await Promise.race([aborted, ...waiting.values()]);
    if (first === null) return;
    if (first.result.done === true) waiting.delete(first.stream);
    else {
      waiting.set(first.stream, next(first.stream));
      yield first.result.value;
    }
  }
}
