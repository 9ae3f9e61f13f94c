import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { S3Error } from '../../../access/sigv4/s3-error.ts';

/** The fields before the file, names in lower case, and the file as it streams in. */
export interface PostForm {
  readonly fields: ReadonlyMap<string, string>;
  readonly fileName: string;
  readonly fileType: string;
  readonly file: Readable;
}

const LIMITS = { fieldNameSize: 256, fieldSize: 128 * 1024, fields: 200, files: 1, parts: 202, headerPairs: 20, headerSize: 16 * 1024 };

/**
 * Reads a form up to its file and hands both to `receive`, which must consume the file. Fields after the file are ignored, as S3 does.
 * @throws MalformedPOSTRequest, InvalidArgument without a file, and what `receive` throws
 */
export function readPostForm<T>(req: IncomingMessage, receive: (form: PostForm) => Promise<T>): Promise<T> {
  const contentType = req.headers['content-type'] ?? '';
  if (!/^multipart\/form-data;.*boundary=/i.test(contentType)) {
    throw new S3Error('InvalidRequest', 'A POST to a bucket must be multipart/form-data with a boundary.');
  }
  const fields = new Map<string, string>();
  const parser = new Busboy({
    headers: { ...req.headers, 'content-type': contentType },
    limits: LIMITS,
    isPartAFile: (name) => name?.toLowerCase() === 'file',
  });
  return new Promise<T>((resolve, reject) => {
    let file: Readable | undefined;
    const fail = (error: unknown): void => {
      req.unpipe(parser);
      file?.resume();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const malformed = (): void => {
      const error = new S3Error('MalformedPOSTRequest');
      // Else what came of the file before the form broke would pass for all of it.
      file?.destroy(error);
      fail(error);
    };
    parser.on('field', (name, value, nameTruncated, valueTruncated) => {
      if (file !== undefined) return;
      const folded = name.toLowerCase();
      if (nameTruncated || valueTruncated || fields.has(folded)) malformed();
      else fields.set(folded, value);
    });
    parser.on('file', (_name, stream, fileName, _encoding, fileType) => {
      file = stream;
      // A form may break while nobody reads its file yet; without this that would end the process.
      stream.on('error', () => undefined);
      receive({ fields, fileName, fileType, file: stream }).then(resolve, fail);
    });
    parser.on('fieldsLimit', malformed);
    parser.on('partsLimit', malformed);
    parser.on('error', malformed);
    parser.on('finish', () => {
      if (file === undefined) fail(new S3Error('InvalidArgument', 'POST requires exactly one file upload per request.'));
    });
    req.once('close', () => {
      if (!req.complete) file?.destroy(new S3Error('IncompleteBody'));
    });
    req.pipe(parser);
  });
}
