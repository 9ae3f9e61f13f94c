import { createServer, type IncomingHttpHeaders } from 'node:http';

interface ReceivedMessage {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A program that webhooks tell of changes, on loopback. */
export interface Receiver {
  readonly url: string;
  readonly received: ReceivedMessage[];
  /** Status of its answers from now on. */
  answer(status: number): void;
  stop(): void;
}

/** Starts a receiver that answers 200. The stack must allow targets in private networks. */
export async function startReceiver(): Promise<Receiver> {
  const received: ReceivedMessage[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port');
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    received,
    answer: (next) => (status = next),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
