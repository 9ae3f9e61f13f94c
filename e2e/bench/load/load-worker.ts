import { Agent, request } from 'node:http';
import { type LoadRun, SCENARIOS, type Shot } from './scenarios.ts';

export interface LoadResult {
  /** Successes that began after the warm-up. */
  readonly requests: number;
  /** All requests, the warm-up included. */
  readonly sent: number;
  readonly errors: number;
  /** Status and start of the first answer that was no success. */
  readonly firstError?: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The load generator, a process of its own: each message is a run, each answer its result. */
process.on('message', (run: LoadRun) => {
  void measure(run).then((result) => process.send?.(result));
});

async function measure(run: LoadRun): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: run.concurrency, scheduling: 'lifo' });
  const url = new URL(run.target.base);
  const shoot = SCENARIOS[run.scenario];
  const started = performance.now();
  const warm = started + run.warmupMs;
  const end = warm + run.durationMs;
  const times: number[] = [];
  let next = 0;
  let lastEnd = warm;
  let errors = 0;
  let firstError: string | undefined;
  const loop = async () => {
    while (performance.now() < end && next < (run.maxRequests ?? Infinity)) {
      const begun = performance.now();
      const failure = await fire(agent, url, shoot(run, next++)).catch((error: unknown) => String(error));
      const done = performance.now();
      if (failure !== null) {
        errors += 1;
        firstError ??= failure;
      } else if (begun >= warm) {
        times.push(done - begun);
        lastEnd = Math.max(lastEnd, done);
      }
    }
  };
  await Promise.all(Array.from({ length: run.concurrency }, loop));
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const seconds = (lastEnd - warm) / 1000;
  return {
    requests: times.length,
    sent: next,
    errors,
    ...(firstError === undefined ? {} : { firstError }),
    perSecond: times.length === 0 ? 0 : times.length / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

/** Null when the answer is a success of the right length. */
function fire(agent: Agent, url: URL, { method, path, headers, body, answerBytes }: Shot): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const options = {
      agent,
      host: url.hostname,
      port: url.port,
      method,
      path: `${url.pathname.replace(/\/$/, '')}${path}`,
      headers: body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    };
    const sent = request(options, (response) => {
      let bytes = 0;
      let text = '';
      const isGood = response.statusCode === 200;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (!isGood) text += String(chunk);
      });
      response.once('error', reject);
      response.once('end', () => {
        if (!isGood) resolve(`${response.statusCode} ${text.slice(0, 200)}`);
        else resolve(answerBytes === undefined || answerBytes === bytes ? null : `${bytes} of ${answerBytes} bytes`);
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
