import { lookup } from 'node:dns/promises';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { parsePrometheusText } from '@supastor/core/monitoring/prometheus-text';
import { type Reading, toReading } from '@supastor/core/monitoring/reading';

/** One address that a name stands for. */
export interface ScrapeTarget {
  /** host:port */
  readonly instance: string;
  /** Where its metrics are. */
  readonly url: string;
  /** The name it was found by, for the Host header. */
  readonly host: string;
}

const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Every address behind the host of a URL: container networks answer with all replicas of a service. A name that is not found stays as it
 * is, so that asking it says what is wrong; so does https, whose certificate is for the name.
 */
export async function findScrapeTargets(baseUrl: string): Promise<readonly ScrapeTarget[]> {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/metrics`);
  const asNamed: ScrapeTarget = { instance: url.host, url: url.href, host: url.host };
  if (url.protocol !== 'http:') return [asNamed];
  const found = await lookup(url.hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  const sameFamily = found.filter(({ family }) => family === found[0]?.family);
  if (sameFamily.length < 2) return [asNamed];
  return sameFamily
    .map(({ address, family }) => {
      const own = new URL(url);
      own.hostname = family === 6 ? `[${address}]` : address;
      return { instance: own.host, url: own.href, host: url.host };
    })
    .toSorted((a, b) => (a.instance < b.instance ? -1 : 1));
}

/** Reads what an instance exposes in the Prometheus text format. @throws Error that says in words what went wrong */
export async function scrape({ url, host }: ScrapeTarget, nowMs: number, signal: AbortSignal): Promise<Reading> {
  return toReading(parsePrometheusText(await fetchText(url, host, signal)), nowMs);
}

function fetchText(url: string, host: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(signal.aborted ? new Error('it does not answer in time') : error);
    const get = url.startsWith('https:') ? getHttps : getHttp;
    const request = get(url, { signal, headers: { host, accept: 'text/plain;version=0.0.4' } }, (response) => {
      if (response.statusCode === 404) {
        // It answers, and has no figures: the official server gives them at another port, if at all.
        response.resume();
        resolve('');
        return;
      }
      if (response.statusCode !== 200) {
        response.resume();
        reject(new Error(`/metrics answers ${response.statusCode}`));
        return;
      }
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MAX_BYTES) request.destroy(new Error('/metrics answers with more than 16 MiB'));
        else chunks.push(chunk);
      });
      response.once('end', () => resolve(Buffer.concat(chunks).toString()));
      response.once('error', fail);
    });
    request.once('error', fail);
  });
}
