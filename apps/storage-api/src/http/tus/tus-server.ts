import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@supastor/adapters/telemetry/logger';
import { Server } from '@tus/server';
import { NodeRequest } from 'srvx/node';
import { ProtocolError } from '../../errors.ts';
import type { ResumableUploads } from '../../uploads/resumable-uploads.ts';
import { formatUploadId, parseUploadId } from '../../uploads/upload-id.ts';
import type { UploadLocks } from '../../uploads/upload-locks.ts';
import type { TusCall } from './tus-call.ts';
import { isPart, PART_TYPE } from './tus-guard.ts';
import { TusStore } from './tus-store.ts';
import type { UploadMetadata } from './upload-metadata.ts';

/** How long a request that holds an upload may go on when another one wants it. */
const LOCK_DRAIN_MS = 500;

export interface TusServerOptions {
  readonly uploads: ResumableUploads;
  readonly locks: UploadLocks;
  readonly logger: Logger;
  readonly expirationMs: number;
  readonly maxUploadBytes: number;
  readonly call: TusCall;
  /** Checks a new upload and keeps what was decided in the call. */
  readonly authorizeCreation: (metadata: UploadMetadata) => Promise<void>;
  /** Checks whether the caller may continue or end an upload. */
  readonly authorizeUse: (id: string) => Promise<void>;
  /** URL of an upload as the client must ask for it. */
  readonly locate: (id: string) => string;
}

/** Lets the TUS library answer one request. It keeps no place for what belongs to a request, so each gets a server of its own. */
export function answerTus(request: IncomingMessage, response: ServerResponse, options: TusServerOptions): Promise<Response> {
  // Without its body, which the store reads itself.
  const described = Object.defineProperty(new NodeRequest({ req: request, res: response }), 'body', { value: null });
  // The library knows the type in small letters only.
  if (isPart(request.headers)) described.headers.set('content-type', PART_TYPE);
  return createServer(options).handleWeb(described);
}

function createServer(options: TusServerOptions): Server {
  const { uploads, locks, expirationMs, maxUploadBytes, call } = options;
  return new Server({
    path: '/upload/resumable',
    datastore: new TusStore(uploads, expirationMs, call),
    locker: { newLock: (id) => newLock(locks, call, id) },
    lockDrainTimeout: LOCK_DRAIN_MS,
    disableTerminationForFinishedUploads: true,
    maxSize: () => call.creation?.ticket.maxBytes ?? call.record?.maxBytes ?? maxUploadBytes,
    namingFunction: async (_request, metadata = {}) => {
      await options.authorizeCreation(metadata);
      if (call.creation === undefined) throw new Error('the creation was not authorised');
      const { target, version } = call.creation.ticket;
      return formatUploadId({ bucket: target.bucket, key: target.key, version });
    },
    onIncomingRequest: async (_request, id) => {
      if (call.creation === undefined) await options.authorizeUse(id);
    },
    generateUrl: (_request, { id }) => options.locate(id),
    onResponseError: (_request, error) => describe(error, options.logger),
  });
}

function newLock(locks: UploadLocks, call: TusCall, id: string) {
  return {
    async lock(signal: AbortSignal, cancel: () => void | Promise<void>): Promise<void> {
      call.signal = signal;
      call.lock = await locks.acquire(parseUploadId(id)?.version ?? id, signal, () => void cancel());
    },
    async unlock(): Promise<void> {
      await call.lock?.release();
    },
  };
}

/** Text and status of a failure; undefined leaves the library's own. */
function describe(error: Error | { status_code: number; body: string }, logger: Logger) {
  if (error instanceof ProtocolError) {
    if (error.status >= 500) logger.error({ err: error.cause ?? error, code: error.protocolCode }, 'resumable upload failed');
    return { status_code: error.status, body: error.message };
  }
  if ('status_code' in error) return undefined;
  logger.error({ err: error }, 'resumable upload failed');
  return { status_code: 500, body: 'Internal Server Error' };
}
