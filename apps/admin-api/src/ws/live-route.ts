import fastifyWebsocket from '@fastify/websocket';
import { SupastorError } from '@supastor/contract/errors';
import { API_PREFIX } from '@supastor/contract/operations/http';
import { VERSION } from '@supastor/contract/version';
import type { Authenticate } from '@supastor/core/access/authenticate';
import { type Identity, requireIdentity } from '@supastor/core/access/identity';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { originOf } from '../access/same-origin.ts';
import { credentialOf } from '../access/session-cookie.ts';
import { createLiveConnection } from './live-connection.ts';
import type { LiveHub } from './live-hub.ts';

const MAX_MESSAGE_BYTES = 4096;
const HEARTBEAT_MS = 25_000;
/** Timers take 32 bits; a socket this old may as well reconnect. */
const LONGEST_TIMER_MS = 2_147_483_647;
const POLICY_VIOLATION = 1008;

export interface LiveRouteDeps {
  readonly live: LiveHub;
  readonly authenticate: Authenticate;
}

/** WebSocket `/api/v1/live`: needs a session, and from browsers a page of this origin; both are checked before the upgrade. */
export async function registerLiveRoute(app: FastifyInstance, { live, authenticate }: LiveRouteDeps): Promise<void> {
  await app.register(fastifyWebsocket, { options: { maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false } });
  const identities = new WeakMap<FastifyRequest, Identity>();

  app.get(
    `${API_PREFIX}/live`,
    {
      websocket: true,
      preValidation: async (request) => void identities.set(request, await admit(request, authenticate)),
    },
    (socket, request) => {
      const identity = requireIdentity(identities.get(request) ?? null);
      const connection = createLiveConnection({ socket, identity, control: live.control });
      let alive = true;
      const heartbeat = setInterval(() => {
        if (!alive) return socket.terminate();
        alive = false;
        return socket.ping();
      }, HEARTBEAT_MS);
      const expiry = setTimeout(
        () => socket.close(POLICY_VIOLATION, 'session expired'),
        Math.min(identity.expiresAtMs - Date.now(), LONGEST_TIMER_MS),
      );
      socket.on('pong', () => (alive = true));
      socket.on('message', (data) => connection.receive(Buffer.isBuffer(data) ? data.toString() : ''));
      socket.on('error', (error) => request.log.debug({ err: error }, 'live connection broke'));
      socket.on('close', () => {
        clearInterval(heartbeat);
        clearTimeout(expiry);
        connection.release();
        live.remove(connection);
      });
      connection.send({ type: 'hello', version: VERSION });
      live.add(connection);
    },
  );
}

async function admit(request: FastifyRequest, authenticate: Authenticate): Promise<Identity> {
  const credential = credentialOf(request);
  const origin = originOf(request);
  if (origin === 'foreign' || (origin === 'unknown' && credential.kind === 'cookie')) {
    throw new SupastorError('SJ_FORBIDDEN', 'The live channel opens only for pages of this server.');
  }
  return requireIdentity(credential.token === null ? null : await authenticate(credential.token, request));
}
