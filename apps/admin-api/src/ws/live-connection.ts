import type { WebSocket } from '@fastify/websocket';
import type { ScopeTarget } from '@supastor/contract/access/scope';
import { SupastorError } from '@supastor/contract/errors';
import { type LiveServerMessage, liveClientMessageSchema } from '@supastor/contract/wire/live';
import type { ServiceName } from '@supastor/contract/wire/service-status';
import { holds } from '@supastor/core/access/grant';
import type { Identity } from '@supastor/core/access/identity';
import type { StackControl } from '@supastor/core/stack/stack-control.port';

/** Past this much unsent data log lines are dropped, past the second the client is cut off. */
const DROP_BYTES = 512_000;
const GIVE_UP_BYTES = 4_000_000;
const CLOSE_GRACE_MS = 1000;
const LOG_TAIL = 100;
const MAX_MESSAGES_PER_WINDOW = 60;
const WINDOW_MS = 10_000;
const POLICY_VIOLATION = 1008;

/** One client of the live channel. */
export interface LiveConnection {
  readonly sessionId: string;
  readonly userId: string | null;
  /** Whether its caller holds a permission for a target. */
  holds(permission: string, target: ScopeTarget): boolean;
  send(message: LiveServerMessage): void;
  /** Sends a message that is already serialised. */
  sendText(text: string): void;
  receive(text: string): void;
  close(code: number, reason: string): void;
  /** Ends what the connection has running; called when the socket is gone. */
  release(): void;
}

export interface LiveConnectionOptions {
  readonly socket: Pick<WebSocket, 'send' | 'close' | 'terminate' | 'bufferedAmount' | 'readyState' | 'OPEN'>;
  readonly identity: Identity;
  readonly control: Pick<StackControl, 'logs'>;
}

export function createLiveConnection({ socket, identity, control }: LiveConnectionOptions): LiveConnection {
  let follow: AbortController | null = null;
  let dropped = 0;
  let windowStartMs = 0;
  let received = 0;

  function sendText(text: string): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > GIVE_UP_BYTES) socket.terminate();
    else socket.send(text);
  }
  const send = (message: LiveServerMessage) => sendText(JSON.stringify(message));
  const refuse = (code: string, message: string) => send({ type: 'error', code, message });

  function sendLog(message: LiveServerMessage): void {
    if (socket.bufferedAmount > DROP_BYTES) {
      dropped += 1;
      return;
    }
    if (dropped > 0) refuse('SJ_PARTIAL', `${dropped} log lines were left out because this connection is slow.`);
    dropped = 0;
    send(message);
  }

  async function followLogs(services: readonly ServiceName[], signal: AbortSignal): Promise<void> {
    try {
      for await (const record of control.logs({ services, tail: LOG_TAIL, follow: true }, signal)) {
        if (signal.aborted) return;
        sendLog({ type: 'log', record });
      }
      if (!signal.aborted) refuse('SJ_SUPERVISOR_UNREACHABLE', 'The log stream ended; ask for it again.');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof SupastorError) refuse(error.code, error.message);
      else refuse('SJ_INTERNAL', 'The log stream broke; ask for it again.');
    }
  }

  function tooFast(): boolean {
    const now = performance.now();
    if (now - windowStartMs > WINDOW_MS) {
      windowStartMs = now;
      received = 0;
    }
    received += 1;
    return received > MAX_MESSAGES_PER_WINDOW;
  }

  return {
    sessionId: identity.sessionId,
    userId: identity.userId,
    holds: (permission, target) => holds(identity, permission, target),
    send,
    sendText,
    receive(text) {
      if (tooFast()) return socket.close(POLICY_VIOLATION, 'too many messages');
      const message = liveClientMessageSchema.safeParse(parseJson(text));
      if (!message.success) return refuse('SJ_INPUT_INVALID', 'The message is not one of follow-logs, ping.');
      if (message.data.type === 'ping') return undefined;
      follow?.abort();
      follow = null;
      if (message.data.services.length === 0) return undefined;
      if (!holds(identity, 'services:read')) return refuse('SJ_FORBIDDEN', 'Logs need the permission services:read.');
      follow = new AbortController();
      void followLogs(message.data.services, follow.signal);
      return undefined;
    },
    close(code, reason) {
      socket.close(code, reason);
      // A client that reads nothing never answers the close; it must not hold up a stop.
      setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
    },
    release: () => follow?.abort(),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
