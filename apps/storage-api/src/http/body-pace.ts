import type { IncomingMessage, Server, ServerResponse } from 'node:http';

export interface BodyPaceOptions {
  /** A body that brings less than this, over the length of a window, is given up; 0 lets every body be as slow as it likes. */
  readonly minBytesPerSecond: number;
  readonly windowMs: number;
  readonly checkPeriodMs: number;
}

interface Window {
  readonly response: ServerResponse;
  beginsMs: number;
  bytesBefore: number;
}

/** Ends requests whose bodies only drip: each of them would hold a connection, and what it has begun, for as long as it likes. */
export class BodyPace {
  readonly #options: BodyPaceOptions;
  readonly #windows = new Map<IncomingMessage, Window>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: BodyPaceOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#check(), options.checkPeriodMs);
    this.#timer.unref();
  }

  /** Stops looking when the server is closed. */
  attach(server: Server): void {
    server.once('close', () => clearInterval(this.#timer));
  }

  watch(request: IncomingMessage, response: ServerResponse): void {
    if (this.#options.minBytesPerSecond === 0 || !announcesBody(request)) return;
    this.#windows.set(request, { response, beginsMs: performance.now(), bytesBefore: request.socket.bytesRead });
    request.once('close', () => this.#windows.delete(request));
    response.once('close', () => this.#windows.delete(request));
  }

  #check(): void {
    const nowMs = performance.now();
    for (const [request, window] of this.#windows) {
      const bytes = request.socket.bytesRead;
      if (request.complete) this.#windows.delete(request);
      else if (isWaitingForUs(request)) begin(window, nowMs, bytes);
      else if (nowMs - window.beginsMs >= this.#options.windowMs) {
        const wanted = (this.#options.minBytesPerSecond * (nowMs - window.beginsMs)) / 1000;
        if (bytes - window.bytesBefore < wanted) giveUp(request, window.response);
        begin(window, nowMs, bytes);
      }
    }
  }
}

function begin(window: Window, nowMs: number, bytes: number): void {
  window.beginsMs = nowMs;
  window.bytesBefore = bytes;
}

function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** Bytes that came and were not taken yet: then it is not the client who is slow. */
function isWaitingForUs(request: IncomingMessage): boolean {
  return request.readableLength >= request.readableHighWaterMark;
}

/** As Node answers a head that takes too long; an answer that was begun is cut off. */
function giveUp({ socket }: IncomingMessage, response: ServerResponse): void {
  if (!response.headersSent && socket.writable) socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  socket.destroySoon();
}
