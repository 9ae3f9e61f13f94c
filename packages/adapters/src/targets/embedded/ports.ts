import { createServer } from 'node:net';
import { SupastorError } from '@supastor/contract/errors';
import type { DesiredStack } from '@supastor/core/stack/desired';
import type { PortChoice } from '@supastor/core/stack/stack-target.port';
import { errnoOf } from './files/fs-errors.ts';
import type { Placement } from './files/state-file.ts';

/** How far above a taken port we look for a free one. */
const SEARCH_RANGE = 200;

/**
 * Decides a port for every listener: the one it runs on, else the one it used before, else the preferred one, else the next that is free.
 * `held` are the ports, by `service.port`, that our own running services listen on.
 * @throws SJ_PORT_TAKEN when nothing is free nearby
 */
export async function choosePorts(
  desired: DesiredStack,
  remembered: Placement['ports'],
  held: Readonly<Record<string, number>>,
): Promise<readonly PortChoice[]> {
  const wanted = desired.services.flatMap(({ name: service, ports }) =>
    Object.entries(ports).map(([name, { host, port }]) => ({ service, name, host, preferred: port })),
  );
  const reserved = new Set(wanted.map(({ preferred }) => preferred));
  const choices: PortChoice[] = [];
  for (const listener of wanted) {
    const key = `${listener.service}.${listener.name}`;
    const before = remembered[key];
    const earlier = before?.preferred === listener.preferred ? before.chosen : null;
    const taken = new Set(choices.map(({ chosen }) => chosen));
    const isFree = async (port: number) => !taken.has(port) && (held[key] === port || (await isPortFree(listener.host, port)));
    const chosen = await firstFree([...(earlier === null ? [] : [earlier]), ...candidates(listener.preferred, reserved)], isFree);
    if (chosen === null) {
      throw new SupastorError(
        'SJ_PORT_TAKEN',
        `No free port for ${key} between ${listener.preferred} and ${listener.preferred + SEARCH_RANGE}`,
        {
          hint: `set ${key.replace('.http', '').replace('.postgres', '')}.port in supastor.config.yaml`,
        },
      );
    }
    choices.push({ ...listener, remembered: earlier, chosen });
  }
  return choices;
}

function candidates(preferred: number, reserved: ReadonlySet<number>): readonly number[] {
  const next = Array.from({ length: SEARCH_RANGE }, (_, offset) => preferred + 1 + offset);
  return [preferred, ...next.filter((port) => port <= 65_535 && !reserved.has(port))];
}

async function firstFree(ports: readonly number[], isFree: (port: number) => Promise<boolean>): Promise<number | null> {
  for (const port of ports) if (await isFree(port)) return port;
  return null;
}

/**
 * Whether a listener could be opened on the port, found by opening one. For a loopback or wildcard address the other IP version is tried too:
 * a stranger on [::1] would answer those who connect to `localhost`.
 */
export async function isPortFree(host: string, port: number): Promise<boolean> {
  if (!(await canListen(host, port))) return false;
  const twin = TWINS[host];
  return twin === undefined || canListen(twin, port);
}

const TWINS: Readonly<Record<string, string>> = { '127.0.0.1': '::1', localhost: '::1', '::1': '127.0.0.1', '0.0.0.0': '::1' };

function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      const code = errnoOf(error);
      if (code === 'EADDRINUSE' || code === 'EACCES') resolve(false);
      // The machine does not have this address (no IPv6): nobody else can listen on it either.
      else if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'ENOTFOUND') resolve(true);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
