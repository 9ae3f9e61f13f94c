import { StorageClient } from '@supabase/storage-js';

/** What a phase of the load saw. */
export interface LoadReport {
  readonly reads: number;
  readonly writes: number;
  readonly failedReads: readonly string[];
  readonly failedWrites: readonly string[];
  /** Of all requests, failed ones too. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface ConstantLoad {
  /** What happened since the last report. Waits until every worker has had at least one answer in it. */
  report(): Promise<LoadReport>;
  /** Ends it. Returns the acknowledged uploads that cannot be read back whole. */
  stop(): Promise<readonly string[]>;
}

const WORKERS = 6;
const READS_PER_WRITE = 3;
/** What was acknowledged is read back by so many at a time. */
const CHECKERS = 8;
const BUCKET = 'load';

/** Clients that upload and download without a pause, each object under a name of its own. */
export async function startConstantLoad(url: string, serviceKey: string): Promise<ConstantLoad> {
  const client = new StorageClient(url, { apikey: serviceKey, Authorization: `Bearer ${serviceKey}` });
  const { error } = await client.createBucket(BUCKET, { public: false });
  if (error) throw error;
  const acknowledged = new Map<string, number>();
  let counts = emptyCounts();
  const state = { isOver: false, rounds: 0 };
  const isWhole = async (path: string, bytes: number): Promise<string | null> => {
    const { data, error: failure } = await client.from(BUCKET).download(path);
    if (failure) return `${path}: ${failure.message}`;
    return data.size === bytes ? null : `${path}: ${data.size} bytes instead of ${bytes}`;
  };
  const timed = async <T>(request: Promise<T>): Promise<T> => {
    const begun = performance.now();
    const answer = await request;
    counts.timesMs.push(performance.now() - begun);
    return answer;
  };
  const work = async (worker: number): Promise<void> => {
    for (let index = 0; !state.isOver; index++) {
      const path = `${worker}/${index}`;
      const body = 'x'.repeat(500 + ((index * 997) % 20_000));
      const { error: refused } = await timed(client.from(BUCKET).upload(path, body, { contentType: 'text/plain' }));
      counts.writes++;
      if (refused) counts.failedWrites.push(refused.message);
      else acknowledged.set(path, body.length);
      const known = [...acknowledged].slice(-READS_PER_WRITE);
      for (const [name, bytes] of known) {
        const failure = await timed(isWhole(name, bytes));
        counts.reads++;
        if (failure !== null) counts.failedReads.push(failure);
      }
      state.rounds++;
    }
  };
  const workers = Array.from({ length: WORKERS }, (_, worker) => work(worker));
  return {
    async report() {
      const goal = state.rounds + WORKERS * 2;
      while (state.rounds < goal) await new Promise((resolve) => setTimeout(resolve, 50));
      const { timesMs, ...seen } = counts;
      counts = emptyCounts();
      timesMs.sort((a, b) => a - b);
      const at = (share: number) => timesMs[Math.floor(timesMs.length * share)] ?? 0;
      return { ...seen, p50Ms: at(0.5), p99Ms: at(0.99) };
    },
    async stop() {
      state.isOver = true;
      await Promise.all(workers);
      const lost: string[] = [];
      const left = acknowledged.entries();
      const check = async (): Promise<void> => {
        for (const [path, bytes] of left) {
          const failure = await isWhole(path, bytes);
          if (failure !== null) lost.push(failure);
        }
      };
      await Promise.all(Array.from({ length: CHECKERS }, check));
      return lost;
    },
  };
}

interface Counts {
  reads: number;
  writes: number;
  failedReads: string[];
  failedWrites: string[];
  timesMs: number[];
}

function emptyCounts(): Counts {
  return { reads: 0, writes: 0, failedReads: [], failedWrites: [], timesMs: [] };
}
