import { ProtocolError } from '../errors.ts';
import type { RenderFailure } from './worker/messages.ts';

/** A source that no picture can be made of. */
export class ImageRefusal extends ProtocolError {
  /** Trying again, also with other options, ends the same way. */
  readonly isPermanent: boolean;

  constructor(message: string, isPermanent: boolean, cause?: unknown) {
    super({ status: 422, protocolCode: 'InvalidRequest', label: 'invalid_image', message, cause });
    this.isPermanent = isPermanent;
  }
}

/** What clients are told when a picture cannot be made; each call builds a fresh error. */
export const imageFailures = {
  unsupported: (cause?: unknown) => new ImageRefusal('The source image format is not supported', true, cause),
  'too-large': (cause?: unknown) => new ImageRefusal('The source image is too large to be transformed', true, cause),
  broken: (cause?: unknown) => new ImageRefusal('The source image is damaged', true, cause),
  store: (cause?: unknown) =>
    new ProtocolError({ status: 507, protocolCode: 'InsufficientStorage', message: 'The image cache has no space left', cause }),
  tooSlow: () => new ImageRefusal('The image took too long to be transformed', false),
  crashed: () => new ImageRefusal('The source image cannot be processed', false),
  busy: () =>
    new ProtocolError({
      status: 429,
      protocolCode: 'SlowDown',
      label: 'too_many_requests',
      message: 'Too many images are being transformed; try again shortly',
      httpStatus: 429,
    }),
  stopping: () => new ProtocolError({ status: 503, protocolCode: 'SlowDown', message: 'This server is stopping; try again' }),
} satisfies Record<RenderFailure, (cause?: unknown) => ProtocolError> & Record<string, (cause?: unknown) => ProtocolError>;
