import { type AddressRanges, clientAddress } from '../../s3-keys/address-ranges.ts';

const WINDOW_SECONDS = 4;
const MAX_REMEMBERED = 16_384;

export interface RenderRateOptions {
  /** Requests per second for one image from one address, on average over a window. */
  readonly perSecond: number;
  /** Proxies whose X-Forwarded-For tells where a request came from. */
  readonly proxies: AddressRanges;
  readonly now?: () => number;
}

/** A request, as far as it is counted. */
export interface RenderRequest {
  readonly remote: string;
  readonly forwardedFor: string | null;
  /** With or without its query, which does not count. */
  readonly url: string;
}

interface Window {
  readonly endMs: number;
  count: number;
}

/** Counts how often one address asks for the same image; each server for itself. */
export class RenderRate {
  /** When who was turned away may come again. */
  readonly retrySeconds = WINDOW_SECONDS;
  readonly #most: number;
  readonly #proxies: AddressRanges;
  readonly #now: () => number;
  readonly #windows = new Map<string, Window>();

  constructor({ perSecond, proxies, now = Date.now }: RenderRateOptions) {
    this.#most = perSecond * WINDOW_SECONDS;
    this.#proxies = proxies;
    this.#now = now;
  }

  /** Whether a request may go on; it counts either way. */
  admits({ remote, forwardedFor, url }: RenderRequest): boolean {
    const [path] = url.split('?', 1);
    const key = `${clientAddress(remote, forwardedFor, this.#proxies)} ${path}`;
    const nowMs = this.#now();
    const known = this.#windows.get(key);
    const window = known !== undefined && nowMs < known.endMs ? known : this.#open(key, nowMs);
    window.count += 1;
    return window.count <= this.#most;
  }

  #open(key: string, nowMs: number): Window {
    if (this.#windows.size >= MAX_REMEMBERED) this.#forget(nowMs);
    const window = { endMs: nowMs + WINDOW_SECONDS * 1000, count: 0 };
    this.#windows.set(key, window);
    return window;
  }

  /** Windows that are over; all of them when that makes no room, as memory must stay bounded. */
  #forget(nowMs: number): void {
    for (const [key, { endMs }] of this.#windows) if (endMs <= nowMs) this.#windows.delete(key);
    if (this.#windows.size >= MAX_REMEMBERED) this.#windows.clear();
  }
}
