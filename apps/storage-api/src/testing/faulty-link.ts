import { connect, createServer, type Socket } from 'node:net';

/** What happens to bytes on the way: passed on, passed on late, held back for as long as it lasts, or the connection is cut. */
type LinkState = 'up' | 'slow' | 'stalled' | 'down';

export interface FaultyLink {
  readonly port: number;
  set(state: LinkState): void;
  stop(): Promise<void>;
}

const SLOW_MS = 250;

/** Stands between servers and their Postgres. What was held back arrives when the link is up again. */
export async function startFaultyLink(targetPort: number): Promise<FaultyLink> {
  let state: LinkState = 'up';
  const sockets = new Set<Socket>();
  const held: (() => void)[] = [];

  const carry = (from: Socket, to: Socket) => {
    let before = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      before = before.then(() => deliver(chunk, to));
    });
    from.once('close', () => void before.then(() => to.destroy()));
    from.on('error', () => {});
  };
  const deliver = async (chunk: Buffer, to: Socket) => {
    if (state === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    if (state === 'stalled') await new Promise<void>((resolve) => held.push(resolve));
    if (!to.destroyed) to.write(chunk);
  };

  const server = createServer((socket) => {
    if (state === 'down') {
      socket.destroy();
      return;
    }
    const target = connect({ port: targetPort, host: '127.0.0.1' });
    for (const end of [socket, target]) {
      sockets.add(end);
      end.once('close', () => sockets.delete(end));
    }
    carry(socket, target);
    carry(target, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const release = () => {
    for (const go of held.splice(0)) go();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    set(next) {
      state = next;
      if (next === 'down') cutAll();
      release();
    },
    stop: () =>
      new Promise((resolve) => {
        state = 'down';
        release();
        server.close(() => resolve());
        cutAll();
      }),
  };
}
