import type { ServerResponse } from 'node:http';
import { type ErrorContext, renderError, toS3Error } from './errors.ts';

const PERIOD_MS = 5000;
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/**
 * The answer to work that may outlast a client's patience. After some seconds it begins with 200 and white space, as S3 does;
 * a failure after that is an Error document in the body, which SDKs look for.
 */
export class SlowAnswer {
  readonly #res: ServerResponse;
  readonly #timer: NodeJS.Timeout;

  constructor(res: ServerResponse) {
    this.#res = res;
    this.#timer = setInterval(() => this.#beat(), PERIOD_MS);
    this.#timer.unref();
  }

  send(xml: string): void {
    clearInterval(this.#timer);
    if (!this.#res.headersSent) {
      const body = Buffer.from(xml);
      this.#res.writeHead(200, { 'content-type': 'application/xml', 'content-length': body.length }).end(body);
    } else this.#res.end(xml.slice(DECLARATION.length));
  }

  /** @throws the error itself while nothing was sent yet */
  fail(error: unknown, context: ErrorContext): void {
    clearInterval(this.#timer);
    if (!this.#res.headersSent) throw error;
    this.#res.end(renderError(toS3Error(error), context).slice(DECLARATION.length));
  }

  #beat(): void {
    if (this.#res.headersSent) this.#res.write(' ');
    else this.#res.writeHead(200, { 'content-type': 'application/xml' }).write(DECLARATION);
  }
}
