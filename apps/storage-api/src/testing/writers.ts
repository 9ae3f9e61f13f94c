import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { StorageClient } from '@supabase/storage-js';

/** Hash of an object's bytes, or null when it does not exist. */
type State = string | null;

interface Slot {
  readonly key: string;
  /** What was acknowledged last. */
  acknowledged: State;
  /** What a request under way may have made of it; undefined when none is. */
  attempted: State | undefined;
}

const KEYS_PER_WRITER = 6;
const MAX_BODY_BYTES = 100_000;
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Writers that overwrite and delete their own keys, and remember what the server acknowledged. */
export class Writers {
  readonly #bucket: string;
  readonly #maxBodyBytes: number;
  readonly #slots: readonly Slot[];
  #acknowledgements = 0;

  constructor(bucket: string, count: number, maxBodyBytes = MAX_BODY_BYTES) {
    this.#bucket = bucket;
    this.#maxBodyBytes = maxBodyBytes;
    this.#slots = Array.from({ length: count * KEYS_PER_WRITER }, (_, index) => ({
      key: `writer-${index % count}/key-${Math.floor(index / count)}`,
      acknowledged: null,
      attempted: undefined,
    }));
  }

  get acknowledgements(): number {
    return this.#acknowledgements;
  }

  /** Writes until `signal` aborts; failures count as unanswered. */
  async run(client: StorageClient, writers: number, signal: AbortSignal): Promise<void> {
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        const own = this.#slots.filter((_slot, index) => index % writers === writer);
        while (!signal.aborted) {
          const slot = own[randomInt(own.length)];
          if (slot !== undefined && slot.attempted === undefined) await this.#write(client, slot);
          else await new Promise((resolve) => setTimeout(resolve, 1));
        }
      }),
    );
  }

  /** What does not match: keys that are neither as acknowledged nor as attempted. Afterwards the model is what was found. */
  async verify(client: StorageClient): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const slot of this.#slots) {
      const found = await read(client, this.#bucket, slot.key);
      const expected = [slot.acknowledged, ...(slot.attempted === undefined ? [] : [slot.attempted])];
      if (!expected.includes(found)) problems.push(`${slot.key}: found ${found}, expected ${expected.join(' or ')}`);
      slot.acknowledged = found;
      slot.attempted = undefined;
    }
    return problems;
  }

  async #write(client: StorageClient, slot: Slot): Promise<void> {
    const isDeletion = randomInt(5) === 0;
    const body = randomBytes(randomInt(this.#maxBodyBytes));
    slot.attempted = isDeletion ? null : hash(body);
    const { error } = isDeletion
      ? await client.from(this.#bucket).remove([slot.key])
      : await client.from(this.#bucket).upload(slot.key, body, { upsert: true });
    // Without an answer the attempt stays possible, and the key is left alone until it has been looked at.
    if (error !== null) return;
    slot.acknowledged = slot.attempted;
    slot.attempted = undefined;
    this.#acknowledgements += 1;
  }
}

async function read(client: StorageClient, bucket: string, key: string): Promise<State> {
  const { data, error } = await client.from(bucket).download(key);
  if (data !== null) return hash(new Uint8Array(await data.arrayBuffer()));
  if ('statusCode' in error && error.statusCode === '404') return null;
  return `error: ${error.message}`;
}
