import type { Logger } from '@supastor/adapters/telemetry/logger';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { failures, ProtocolError } from '../errors.ts';
import { limitDrain } from './limit-drain.ts';

/** Turns every failure into the protocol's body. What we did not expect is logged and shown as a plain 500. */
export function installErrorHandler(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => sendError(translate(error, request), request, reply, logger));
  app.setNotFoundHandler((request, reply) => sendNotFound(request, reply));
}

/** Unknown routes answer 404 with a numeric status and another key order than everything else. */
function sendNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?', 1)[0];
  return reply.code(404).send({ message: `Route ${request.method}:${path} not found`, error: 'Not Found', statusCode: 404 });
}

/** Set for an object before it turned out that there is none to send; they do not describe the error. */
const BODY_HEADERS = ['content-encoding', 'content-length', 'content-disposition'];
const OBJECT_HEADERS = ['etag', 'last-modified', 'accept-ranges', 'expires'];

function sendError(error: ProtocolError, request: FastifyRequest, reply: FastifyReply, logger: Logger): FastifyReply {
  if (error.status >= 500) logger.error({ err: error.cause ?? error, requestId: request.id, code: error.protocolCode }, 'request failed');
  if (error.httpStatus === 503) reply.header('retry-after', '1');
  for (const name of [...BODY_HEADERS, ...(error.status >= 500 ? OBJECT_HEADERS : [])]) reply.removeHeader(name);
  limitDrain(request.raw);
  reply.header('cache-control', 'no-store');
  return reply.code(error.httpStatus).send(error.toWire());
}

function translate(error: FastifyError, request: FastifyRequest): ProtocolError {
  if (error instanceof ProtocolError) return error;
  if (request.raw.aborted || error.code === 'ECONNRESET') return failures.aborted();
  if (error.validation !== undefined) return failures.invalidRequest(error.message);
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return failures.tooLarge('request body');
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return failures.invalidRequest(error.message);
  return failures.internal(error);
}
