import fastifyWebsocket from '@fastify/websocket';
import { SupastorError } from '@supastor/contract/errors';
import { API_PREFIX } from '@supastor/contract/operations/http';
import { MAX_CLIENT_MESSAGE_BYTES } from '@supastor/contract/wire/live';
import type { Authenticate, Recheck } from '@supastor/core/access/authenticate';
import { type Identity, requireIdentity } from '@supastor/core/access/identity';
import type { OperationLogger } from '@supastor/core/operations/ports';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { originOf } from '../access/same-origin.ts';
import { credentialOf } from '../access/session-cookie.ts';
import { LiveConnection } from './live-connection.ts';
import type { LiveHub } from './live-hub.ts';

const RETRY_AFTER_SECONDS = 10;

export interface EventsRouteDeps {
  readonly live: LiveHub;
  readonly authenticate: Authenticate;
  readonly recheck: Recheck;
  readonly logger: OperationLogger;
}

/** WebSocket `/api/v1/events`: needs a session or key, and from browsers a page of this origin; both are checked before the upgrade. */
export async function registerEventsRoute(app: FastifyInstance, { live, authenticate, recheck, logger }: EventsRouteDeps): Promise<void> {
  await app.register(fastifyWebsocket, { options: { maxPayload: MAX_CLIENT_MESSAGE_BYTES, perMessageDeflate: false } });
  const identities = new WeakMap<FastifyRequest, Identity>();

  async function admit(request: FastifyRequest): Promise<void> {
    const identity = requireIdentity(await identifySocket(request, authenticate));
    const refusal = live.refusal({ identity, ip: request.ip });
    if (refusal !== null) {
      throw new SupastorError('SJ_RATE_LIMITED', `The live channel is not opened: ${refusal}.`, {
        hint: `Close some, or try again in ${RETRY_AFTER_SECONDS} seconds.`,
        meta: { retryAfterSeconds: RETRY_AFTER_SECONDS },
      });
    }
    identities.set(request, identity);
  }

  app.get(`${API_PREFIX}/events`, { websocket: true, preValidation: admit }, (socket, request) => {
    const identity = requireIdentity(identities.get(request) ?? null);
    const { token } = credentialOf(request);
    const { ip } = request;
    const connection = new LiveConnection({
      socket,
      identity,
      ip,
      identify: async () => (token === null ? null : recheck(identity, { token, ip })),
      control: live.control,
      events: live.events,
      onServices: (changed) => live.servicesWanted(changed),
    });
    socket.on('pong', () => connection.pong());
    socket.on('message', (data, isBinary) => connection.receive(Buffer.isBuffer(data) && !isBinary ? data.toString() : ''));
    socket.on('error', (error) => logger.debug({ err: error }, 'live connection broke'));
    socket.on('close', () => {
      connection.release();
      live.remove(connection);
    });
    live.add(connection);
  });
}

/** Who opens a socket. @throws SJ_FORBIDDEN when a foreign page does */
async function identifySocket(request: FastifyRequest, authenticate: Authenticate): Promise<Identity | null> {
  const credential = credentialOf(request);
  const origin = originOf(request);
  if (origin === 'foreign' || (origin === 'unknown' && credential.kind === 'cookie')) {
    throw new SupastorError('SJ_FORBIDDEN', 'The live channel opens only for pages of this server.');
  }
  return credential.token === null ? null : authenticate(credential.token, request);
}
