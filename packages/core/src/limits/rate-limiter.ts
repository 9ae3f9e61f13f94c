import type { Clock, OperationLogger } from '../operations/ports.ts';
import type { RateStore } from './rate.port.ts';

/** Length of a window in which requests are counted. */
export const RATE_WINDOW_SECONDS = 60;

export interface RateVerdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Until counting starts anew. */
  readonly resetSeconds: number;
}

export interface RateLimiter {
  /**
   * Counts one request of a key; a refused one is not counted. Decided from memory: what other servers counted arrives within a
   * second, or sooner when much of the limit is used up at once.
   * @param limit Requests per window; 0: no limit.
   */
  take(key: string, limit: number): RateVerdict;
  /** The same, but asks the shared count first: exact over all servers, at the price of a query. */
  takeExactly(key: string, limit: number): Promise<RateVerdict>;
  /** Stores what is counted and forgets old windows; call it about once a second. */
  sync(): Promise<void>;
}

export interface RateLimiterOptions {
  /** Null: counts of this process only. */
  readonly store: RateStore | null;
  readonly clock: Clock;
  readonly logger: Pick<OperationLogger, 'debug'>;
  /** Most keys remembered; those counted first are forgotten first. */
  readonly maxKeys?: number;
}

interface Cell {
  window: number;
  /** Counted by all servers, as far as is known. */
  shared: number;
  /** Counted here and not stored yet. */
  pending: number;
}

/** A fiftieth of its limit may be used up before others are told at once. */
const TELL_SHARE = 50;

export function createRateLimiter({ store, clock, logger, maxKeys = 20_000 }: RateLimiterOptions): RateLimiter {
  const cells = new Map<string, Cell>();
  const dirty = new Set<string>();
  let running: Promise<void> | null = null;
  let sweptWindow = 0;
  const windowNow = () => Math.floor(clock.now() / 1000 / RATE_WINDOW_SECONDS);

  function cellOf(key: string): Cell {
    const window = windowNow();
    const known = cells.get(key);
    if (known && known.window === window) return known;
    const cell = { window, shared: 0, pending: 0 };
    cells.delete(key);
    cells.set(key, cell);
    for (const oldest of cells.keys()) {
      if (cells.size <= maxKeys) break;
      cells.delete(oldest);
    }
    return cell;
  }

  function verdict(cell: Cell, limit: number, allowed: boolean): RateVerdict {
    const resetSeconds = Math.max(1, Math.ceil((cell.window + 1) * RATE_WINDOW_SECONDS - clock.now() / 1000));
    return { allowed, limit, remaining: Math.max(0, limit - cell.shared - cell.pending), resetSeconds };
  }

  async function share(shared: RateStore): Promise<void> {
    const batch = [...dirty].flatMap((key) => {
      const cell = cells.get(key);
      return cell && cell.pending > 0 ? [{ key, cell, count: cell.pending }] : [];
    });
    dirty.clear();
    if (batch.length === 0) return;
    try {
      const totals = await shared.add(batch.map(({ key, cell, count }) => ({ key, window: cell.window, count })));
      for (const [index, { cell, count }] of batch.entries()) {
        cell.pending -= count;
        cell.shared = totals[index] ?? cell.shared + count;
      }
    } catch (error) {
      for (const { key } of batch) dirty.add(key);
      logger.debug({ err: error }, 'request counts cannot be shared yet');
    }
  }

  /** Stores what is counted by now; one batch at a time. */
  async function tell(): Promise<void> {
    if (!store) return;
    await running;
    if (dirty.size === 0) return;
    running ??= share(store).finally(() => (running = null));
    await running;
  }

  return {
    take(key, limit) {
      const cell = cellOf(key);
      if (limit === 0) return verdict(cell, 0, true);
      if (cell.shared + cell.pending >= limit) return verdict(cell, limit, false);
      cell.pending += 1;
      dirty.add(key);
      if (cell.pending >= Math.max(1, limit / TELL_SHARE)) void tell();
      return verdict(cell, limit, true);
    },
    async takeExactly(key, limit) {
      const cell = cellOf(key);
      if (limit === 0 || cell.shared + cell.pending >= limit) return verdict(cell, limit, limit === 0);
      try {
        const [total] = store ? await store.add([{ key, window: cell.window, count: 1 }]) : [];
        cell.shared = total ?? cell.shared + 1;
      } catch (error) {
        logger.debug({ err: error }, 'request counts cannot be shared yet');
        cell.shared += 1;
      }
      return verdict(cell, limit, cell.shared + cell.pending <= limit);
    },
    async sync() {
      await tell();
      const window = windowNow();
      for (const [key, cell] of cells) if (cell.window < window) cells.delete(key);
      if (!store || sweptWindow === window) return;
      sweptWindow = window;
      await store.sweep(window).catch((error: unknown) => logger.debug({ err: error }, 'old request counts cannot be removed yet'));
    },
  };
}
