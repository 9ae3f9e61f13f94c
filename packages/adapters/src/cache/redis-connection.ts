type Client = Awaited<ReturnType<typeof createRedis>>;

export interface RedisOptions {
  /** `redis://[user:password@]host:port[/number]`, or `rediss://` for TLS. */
  readonly url: string;
  /** Redis cannot be reached any more; called once until it can be again. */
  readonly onLost: (error: Error) => void;
  readonly onBack: () => void;
}

/** A connection that comes back by itself. */
export interface RedisConnection {
  /** Runs commands now or throws at once: nothing waits for a Redis that is away, and no longer than a moment for one that hangs. */
  run<T>(work: (client: Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const CONNECT_MS = 2000;
const COMMAND_MS = 500;
/** After a command that got no answer, nobody waits for another one. */
const PAUSE_MS = 2000;
const MAX_RETRY_MS = 1000;

/** Opened in the background. */
export function connectRedis({ url, onLost, onBack }: RedisOptions): RedisConnection {
  let isAway = false;
  let pausedUntilMs = 0;
  let isClosed = false;

  function lost(error: Error): void {
    if (!isAway && !isClosed) onLost(error);
    isAway = true;
  }

  async function open(): Promise<Client> {
    const client = await createRedis(url);
    client.on('error', lost);
    client.on('ready', () => {
      if (isAway) onBack();
      isAway = false;
      pausedUntilMs = 0;
    });
    // It goes on trying for ever; what it throws here was told as an error already.
    void client.connect().catch(() => undefined);
    return client;
  }

  const opening = open();
  opening.catch(lost);
  return {
    async run(work) {
      if (Date.now() < pausedUntilMs) throw new Error('Redis did not answer a moment ago');
      const client = await opening;
      if (!client.isReady) throw new Error('Redis is not connected');
      return within(COMMAND_MS, work(client), () => {
        pausedUntilMs = Date.now() + PAUSE_MS;
      });
    },
    async close() {
      isClosed = true;
      (await opening.catch(() => null))?.destroy();
    },
  };
}

/** The client is loaded only here: most installations have no Redis. */
async function createRedis(url: string) {
  const { createClient } = await import('@redis/client');
  return createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 5), MAX_RETRY_MS) },
  });
}

async function within<T>(limitMs: number, work: Promise<T>, onTimeout: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      onTimeout();
      reject(new Error(`Redis did not answer within ${limitMs} ms`));
    }, limitMs);
  });
  // What comes after the time-out is of no interest.
  work.catch(() => undefined);
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
