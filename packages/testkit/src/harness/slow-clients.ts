import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SlowClientOptions {
  readonly port: number;
  readonly count: number;
  /** What each client sends at once. */
  readonly head: (index: number) => string;
  /** Sent again and again; without it the client sends nothing more, and reads nothing either. */
  readonly drip?: string;
}

const DRIP_MS = 250;
const AT_ONCE = 50;

/** Clients that take their time, each on a connection of its own. */
export class SlowClients {
  readonly #sockets: readonly Socket[];
  readonly #timer: NodeJS.Timeout | undefined;
  #firstAnswer = '';

  private constructor(sockets: readonly Socket[], drip: string | undefined) {
    this.#sockets = sockets;
    if (drip === undefined) return;
    for (const socket of sockets) socket.on('data', (chunk) => (this.#firstAnswer ||= String(chunk).slice(0, 100)));
    this.#timer = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write(drip);
    }, DRIP_MS);
  }

  static async open({ port, count, head, drip }: SlowClientOptions): Promise<SlowClients> {
    const sockets: Socket[] = [];
    for (let index = 0; index < count; index += AT_ONCE) {
      const batch = Array.from({ length: Math.min(AT_ONCE, count - index) }, () => connect(port, '127.0.0.1'));
      await Promise.all(batch.map((socket) => once(socket, 'connect')));
      for (const [offset, socket] of batch.entries()) {
        // That the server hangs up is what is waited for.
        socket.on('error', () => {});
        if (drip === undefined) socket.pause();
        socket.write(head(index + offset));
      }
      sockets.push(...batch);
    }
    return new SlowClients(sockets, drip);
  }

  /** Beginning of what the first of them was answered that got an answer. */
  get firstAnswer(): string {
    return this.#firstAnswer;
  }

  end(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Memory of a process in bytes. */
export async function residentBytes(pid: number): Promise<number> {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

/** Sockets that a process holds, listeners included. */
export async function openSockets(pid: number): Promise<number> {
  const links = await Promise.all((await readdir(`/proc/${pid}/fd`)).map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return links.filter((link) => link.startsWith('socket:')).length;
}

/** The most memory that a process has while `work` goes on. */
export async function peakBytes(pid: number, work: Promise<unknown>): Promise<number> {
  const done = work.then(() => true);
  for (let peak = 0; ;) {
    peak = Math.max(peak, await residentBytes(pid));
    if (await Promise.race([done, sleep(100, false)])) return peak;
  }
}
