import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { SupastorError } from '@supastor/contract/errors';
import type { BlobSource } from '@supastor/core/backups/blob-source.port';
import { toStorageError } from './storage-errors.ts';

export interface BlobSourceOptions {
  /** URL of the storage server, with its path. */
  readonly url: string;
  readonly serviceRoleKey: string;
  /** Longest silence. */
  readonly timeoutMs?: number;
}

const MAX_ERROR_BYTES = 65_536;

/** Reads stored bytes by their version from our storage server, wherever it keeps them. */
export function createBlobSource({ url, serviceRoleKey, timeoutMs = 60_000 }: BlobSourceOptions): BlobSource & { close(): void } {
  const secure = url.startsWith('https:');
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const send = secure ? httpsRequest : httpRequest;
  const headers = { authorization: `Bearer ${serviceRoleKey}`, apikey: serviceRoleKey };

  const ask = (version: string, signal: AbortSignal) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const request = send(`${url}/maintenance/blobs/${version}`, { agent, headers, signal, timeout: timeoutMs }, resolve);
      request.once('timeout', () => request.destroy(new Error(`silent for ${timeoutMs} ms`)));
      request.once('error', reject);
      request.end();
    });

  return {
    async open(version, signal) {
      try {
        const response = await ask(version, signal);
        if (response.statusCode === 200) return bodyOf(response, signal);
        const body = await readJson(response);
        if (isMissing(body)) return null;
        throw toStorageError({ status: response.statusCode ?? 0, body });
      } catch (error) {
        throw explain(error, signal);
      }
    },
    close: () => agent.destroy(),
  };
}

async function* bodyOf(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of response) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
  } catch (error) {
    throw explain(error, signal);
  }
}

async function readJson(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const piece = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += piece.length;
    if (bytes <= MAX_ERROR_BYTES) chunks.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
}

function isMissing(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'code' in body && body.code === 'NoSuchKey';
}

function explain(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof SupastorError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new SupastorError('SJ_UPSTREAM_FAILED', `The storage server broke off while its bytes were read (${reason}).`, {
    hint: 'Look at its log: supastor logs storage.',
    cause: error,
  });
}
