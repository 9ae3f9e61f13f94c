import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections and to servers that do not care: nobody is given one of these by chance. */
const [FIRST, END] = [15_000, 32_000];
const ATTEMPTS = 50;
/** The system may give a port that was closed a moment ago again; whoever asks for several wants different ones. */
const given = new Set<number>();

/** A TCP port on loopback that was free a moment ago, another one at each call. */
export function findFreePort(host = '127.0.0.1'): Promise<number> {
  return findPort(() => 0, host);
}

/** The same for a server that is gone for a while and comes back: nobody else is given the port meanwhile. */
export function findQuietPort(host = '127.0.0.1'): Promise<number> {
  return findPort(() => randomInt(FIRST, END), host);
}

async function findPort(propose: () => number, host: string): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await tryPort(propose(), host);
    if (port === null || given.has(port)) continue;
    given.add(port);
    return port;
  }
  throw new Error(`${ATTEMPTS} attempts found no free port`);
}

/** The port when it could be listened on. @param wanted 0: any */
function tryPort(wanted: number, host: string): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(wanted, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
