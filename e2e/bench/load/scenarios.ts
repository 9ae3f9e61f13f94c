import { randomBytes } from 'node:crypto';

/** A server to load, and what its objects are called. */
export interface LoadTarget {
  /** Base URL; paths of requests come after it. */
  readonly base: string;
  readonly token: string;
  /** A public bucket. */
  readonly bucket: string;
}

export interface LoadRun {
  readonly scenario: ScenarioName;
  readonly target: LoadTarget;
  readonly concurrency: number;
  readonly warmupMs: number;
  readonly durationMs: number;
  /** Size of a body, or entries of the bucket that is listed. */
  readonly size: number;
  /** Keeps the keys of one run apart from those of others. */
  readonly label: string;
  /** Stop after so many requests; as many as fit into the time when missing. */
  readonly maxRequests?: number;
}

export interface Shot {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Bytes that the answer must have. */
  readonly answerBytes?: number;
}

export const OBJECTS_PER_FOLDER = 100;
export const KEYS_PER_DELETE = 100;

/** Keys of seeded rows: folders of a hundred. */
const folderName = (index: number) => `f${String(index).padStart(6, '0')}`;
const seededName = (index: number) => `${folderName(Math.floor(index / OBJECTS_PER_FOLDER))}/o${String(index).padStart(8, '0')}`;
export const seededBucket = ({ bucket }: LoadTarget, entries: number) => `${bucket}-${entries}`;
export const deletedBucket = ({ bucket }: LoadTarget) => `${bucket}-deleted`;
/** Object to read of each size. */
export const readKey = (sizeBytes: number) => `read-${sizeBytes}`;

const bodies = new Map<number, Buffer>();

/** Incompressible bytes, made once for each size. */
export function bodyOf(sizeBytes: number): Buffer {
  const body = bodies.get(sizeBytes) ?? randomBytes(sizeBytes);
  bodies.set(sizeBytes, body);
  return body;
}

const authorised = ({ target }: LoadRun) => ({ authorization: `Bearer ${target.token}` });
const json = (run: LoadRun, path: string, value: unknown, method = 'POST'): Shot => ({
  method,
  path,
  headers: { ...authorised(run), 'content-type': 'application/json' },
  body: JSON.stringify(value),
});
const random = (below: number) => Math.floor(Math.random() * below);

/** What the nth request of a run looks like. */
export const SCENARIOS = {
  upload: (run: LoadRun, n: number): Shot => ({
    method: 'POST',
    path: `/object/${run.target.bucket}/${run.label}/${n}`,
    headers: { ...authorised(run), 'content-type': 'application/octet-stream' },
    body: bodyOf(run.size),
  }),
  'get public': ({ target, size }: LoadRun): Shot => ({
    method: 'GET',
    path: `/object/public/${target.bucket}/${readKey(size)}`,
    headers: {},
    answerBytes: size,
  }),
  'get authenticated': (run: LoadRun): Shot => ({
    method: 'GET',
    path: `/object/authenticated/${run.target.bucket}/${readKey(run.size)}`,
    headers: authorised(run),
    answerBytes: run.size,
  }),
  head: (run: LoadRun): Shot => ({
    method: 'HEAD',
    path: `/object/authenticated/${run.target.bucket}/${readKey(run.size)}`,
    headers: authorised(run),
  }),
  'list folder': (run: LoadRun): Shot =>
    json(run, `/object/list/${seededBucket(run.target, run.size)}`, {
      prefix: folderName(random(run.size / OBJECTS_PER_FOLDER)),
      limit: 100,
    }),
  'list page': (run: LoadRun): Shot =>
    json(run, `/object/list-v2/${seededBucket(run.target, run.size)}`, {
      limit: 100,
      cursor: Buffer.from(`l:${seededName(random(run.size - 100))}`).toString('base64'),
    }),
  sign: (run: LoadRun): Shot => json(run, `/object/sign/${run.target.bucket}/${readKey(4096)}`, { expiresIn: 60 }),
  'delete 100': (run: LoadRun, n: number): Shot =>
    json(
      run,
      `/object/${deletedBucket(run.target)}`,
      { prefixes: Array.from({ length: KEYS_PER_DELETE }, (_, index) => seededName(run.size + n * KEYS_PER_DELETE + index)) },
      'DELETE',
    ),
  'admin buckets': (run: LoadRun): Shot => ({ method: 'GET', path: '/api/v1/buckets', headers: authorised(run) }),
  'bare buckets': (): Shot => ({ method: 'GET', path: '/buckets', headers: {} }),
  'bare get': ({ size }: LoadRun): Shot => ({ method: 'GET', path: `/${readKey(size)}`, headers: {}, answerBytes: size }),
  'bare upload': (run: LoadRun, n: number): Shot => ({
    method: 'PUT',
    path: `/${run.label}-${n}`,
    headers: { 'content-type': 'application/octet-stream' },
    body: bodyOf(run.size),
  }),
} as const;

export type ScenarioName = keyof typeof SCENARIOS;
