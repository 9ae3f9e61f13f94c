import { createHash, randomBytes } from 'node:crypto';
import type { StorageClient } from '@supabase/storage-js';

/** What was ever sent under a key, as SHA-256: one of these is what a reader finds, if anything. */
type History = Map<string, Set<string>>;

export interface StorageWriters {
  readonly history: History;
  /** Changes that were answered well. */
  readonly count: () => number;
  stop(): Promise<void>;
}

const KEYS = 12;

/** Writers that upload, overwrite, move and delete objects in a bucket, each among keys of its own, until they are stopped. */
export function startWriters(clients: readonly StorageClient[], bucket: string, writers: number): StorageWriters {
  const history: History = new Map();
  const state = { isStopping: false, done: 0 };
  const write = async (writer: number) => {
    const client = clients[writer % clients.length];
    if (client === undefined) throw new Error('writers need a client');
    for (let round = 0; !state.isStopping; round += 1) {
      if (await change({ client, bucket, writer, round }, history)) state.done += 1;
    }
  };
  const running = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return {
    history,
    count: () => state.done,
    async stop() {
      state.isStopping = true;
      await running;
    },
  };
}

interface Turn {
  readonly client: StorageClient;
  readonly bucket: string;
  readonly writer: number;
  readonly round: number;
}

async function change({ client, bucket, writer, round }: Turn, history: History): Promise<boolean> {
  const key = (number: number) => `w${writer}/${number % KEYS}.bin`;
  const files = client.from(bucket);
  if (round % 7 === 5) return (await files.remove([key(round * 5)])).error === null;
  if (round % 7 === 6) {
    const [from, to] = [key(round * 5), `w${writer}/moved-${round}.bin`];
    // Whatever lies at its source may lie at its target, also when the answer is lost.
    history.set(to, history.get(from) ?? new Set());
    return (await files.move(from, to)).error === null;
  }
  const path = key(round * 5);
  const body = randomBytes(100 + ((round * 977) % 90_000));
  const known = history.get(path) ?? new Set();
  history.set(path, known.add(createHash('sha256').update(body).digest('hex')));
  return (await files.upload(path, body, { upsert: true })).error === null;
}
