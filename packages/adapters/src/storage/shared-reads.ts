interface Flight<T> {
  readonly current: Promise<T>;
  /** The read that begins when `current` has ended, for whoever has asked since. */
  next: Promise<T> | null;
}

/** Runs `read` or takes part in one of the same key. The answer is shared: nobody may change it. */
export type ShareRead<T> = (key: string, read: () => Promise<T>) => Promise<T>;

/**
 * Equal reads that come while one is under way share the next one. Nobody gets an answer that was asked for before they came, so each sees
 * what was written before; a thousand callers cost two reads at a time.
 */
export function createSharedReads<T>(): ShareRead<T> {
  const flights = new Map<string, Flight<T>>();

  function start(key: string, read: () => Promise<T>): Promise<T> {
    const current = read();
    const flight: Flight<T> = { current, next: null };
    flights.set(key, flight);
    const land = () => {
      if (flight.next === null && flights.get(key) === flight) flights.delete(key);
    };
    current.then(land, land);
    return current;
  }

  return (key, read) => {
    const flight = flights.get(key);
    if (flight === undefined) return start(key, read);
    flight.next ??= flight.current.then(
      () => start(key, read),
      () => start(key, read),
    );
    return flight.next;
  };
}
