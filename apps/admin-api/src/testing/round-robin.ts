import { once } from 'node:events';
import { createServer, type IncomingMessage, request as requestHttp } from 'node:http';
import { connect } from 'node:net';

export interface RoundRobin {
  readonly url: string;
  stop(): Promise<void>;
}

function headersOf({ headers, socket }: IncomingMessage) {
  return { ...headers, 'x-forwarded-for': socket.remoteAddress };
}

/** A proxy that hands each request, and each WebSocket, to the next of its servers, and says where it came from. */
export async function startRoundRobin(upstreams: readonly string[]): Promise<RoundRobin> {
  let turn = 0;
  const next = () => new URL(upstreams[(turn += 1) % upstreams.length] ?? '');

  const server = createServer((request, response) => {
    const { hostname, port } = next();
    const { method, url: path } = request;
    const call = requestHttp({ hostname, port, method, path, headers: headersOf(request), agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    call.on('error', () => response.destroy());
    request.pipe(call);
  });
  server.on('upgrade', (request, socket) => {
    const { hostname, port } = next();
    const upstream = connect(Number(port), hostname, () => {
      const lines = Object.entries(headersOf(request)).map(([name, value]) => `${name}: ${String(value)}`);
      upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    socket.on('close', () => upstream.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
