import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** A TCP port on loopback that was free a moment ago. */
export async function findFreePort(host = '127.0.0.1'): Promise<number> {
  const port = await tryPort(0, host);
  if (port === null) throw new Error('no port was assigned');
  return port;
}

/** Below the ports that systems give to outgoing connections and to servers that do not care: nobody is given one of these by chance. */
const [FIRST, END] = [15_000, 32_000];
const ATTEMPTS = 50;

/** The same for a server that is gone for a while and comes back: nobody else is given the port meanwhile. */
export async function findQuietPort(host = '127.0.0.1'): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await tryPort(randomInt(FIRST, END), host);
    if (port !== null) return port;
  }
  throw new Error(`no free port was found between ${FIRST} and ${END}`);
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
