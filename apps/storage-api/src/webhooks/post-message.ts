import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { assertPublicHost, lookupPublic } from './address-guard.ts';

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** From the name's resolution to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Lets targets be on this machine or in its private networks. */
  readonly allowPrivate: boolean;
  readonly signal: AbortSignal;
}

/** Answers are of no interest; a receiver that sends more is cut off. */
const MAX_ANSWER_BYTES = 65_536;

/**
 * Sends a body and resolves to the status of the answer. Redirects are not followed: they would lead around the check of the address.
 * @throws Error when nothing was answered in time, or the target may not be called
 */
export async function postMessage(url: string, body: string, options: PostOptions): Promise<number> {
  const target = new URL(url);
  if (target.username !== '' || target.password !== '') throw new Error('the URL of the target carries a user name');
  if (!options.allowPrivate) assertPublicHost(target);
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([options.signal, timeout]);
  try {
    return await send(target, body, options, signal);
  } catch (error) {
    throw timeout.aborted ? new Error(`no answer within ${options.timeoutMs} ms`, { cause: error }) : error;
  }
}

function send(target: URL, body: string, { headers, allowPrivate }: PostOptions, signal: AbortSignal): Promise<number> {
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const call = request(target, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      signal,
      agent: false,
      ...(allowPrivate ? {} : { lookup: lookupPublic }),
    });
    call.once('error', reject);
    call.once('response', (response) => {
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > MAX_ANSWER_BYTES) response.destroy(new Error('the answer is too long'));
      });
      response.once('error', reject);
      response.once('end', () => resolve(response.statusCode ?? 0));
    });
    call.end(body);
  });
}
