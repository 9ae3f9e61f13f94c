import { connect } from 'node:net';

/** SSLRequest of the protocol: its length and a number that no version has. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const TIMEOUT_MS = 5000;

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** Asks a server of Postgres whether it speaks TLS; null: it did not say. A directory as host is a Unix socket, which has none. */
export function speaksTls({ host, port }: ServerAddress): Promise<boolean | null> {
  if (host.startsWith('/')) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS });
    const end = (answer: boolean | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write(SSL_REQUEST));
    socket.once('data', (chunk) => end(chunk[0] === 0x53 || (chunk[0] === 0x4e ? false : null)));
    socket.once('timeout', () => end(null));
    socket.once('error', () => end(null));
    socket.once('end', () => end(null));
  });
}
