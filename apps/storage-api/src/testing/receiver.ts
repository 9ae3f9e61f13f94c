import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  /** Every request so far, answered or not. */
  readonly requests: Received[];
  /** How requests are answered from now on. */
  answer: (response: ServerResponse, request: Received) => void;
  stop(): Promise<void>;
}

/** A real HTTP server that remembers what it was sent. */
export async function startReceiver(): Promise<Receiver> {
  const requests: Received[] = [];
  const receiver: Pick<Receiver, 'requests' | 'answer'> = { requests, answer: (response) => void response.writeHead(204).end() };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const received = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
    requests.push(received);
    receiver.answer(response, received);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
