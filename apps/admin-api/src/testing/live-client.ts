import { once } from 'node:events';
import { type LiveServerMessage, liveServerMessageSchema } from '@supastor/contract/wire/live';
import { WebSocket } from 'ws';

/** A client of the live channel that keeps what it received until somebody waits for it. */
export class LiveClient {
  readonly socket: WebSocket;
  /** Everything received. */
  readonly messages: LiveServerMessage[] = [];
  readonly #closed: Promise<number>;
  #read = 0;
  #wake = () => {};

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/events`, { headers });
    this.socket.on('message', (data) => {
      this.messages.push(liveServerMessageSchema.parse(JSON.parse(Buffer.isBuffer(data) ? data.toString() : '')));
      this.#wake();
    });
    this.socket.on('error', () => {});
    this.#closed = new Promise((resolve) => this.socket.once('close', resolve));
  }

  /** The next message for which `matches` holds; earlier ones are passed over. */
  async until(matches: (message: LiveServerMessage) => boolean): Promise<LiveServerMessage> {
    for (;;) {
      const message = this.messages[this.#read];
      if (message) this.#read += 1;
      if (message && matches(message)) return message;
      if (!message) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Listens to topics; resolves once the server says so. */
  async subscribe(topics: readonly string[], after?: string): Promise<LiveServerMessage> {
    await this.until(ofType('hello'));
    this.send({ type: 'subscribe', topics, ...(after !== undefined && { after }) });
    return this.until(ofType('subscribed'));
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** The code it was closed with. */
  closed(): Promise<number> {
    return this.#closed;
  }

  /** The status that answered instead of opening. */
  async refusal(): Promise<number | undefined> {
    const [, response] = await once(this.socket, 'unexpected-response');
    return response.statusCode;
  }
}

export const ofType = (type: LiveServerMessage['type']) => (message: LiveServerMessage) => message.type === type;
