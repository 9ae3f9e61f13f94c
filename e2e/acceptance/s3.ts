import { S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3';
import { like } from './assert.ts';
import { Mismatch, Skip } from './check.ts';
import { send } from './http.ts';
import type { World } from './world.ts';

const answersS3 = new WeakMap<World, Promise<boolean>>();

/** The AWS SDK against the server. @throws Skip without keys, or when the server has no S3 door */
export async function s3Of(world: World, overrides: S3ClientConfig = {}): Promise<S3Client> {
  const { s3 } = world.options;
  if (s3 === null) throw new Skip('no S3 key pair was given');
  if (!(await hasDoor(world, s3.url))) throw new Skip('unsupported: the server has no S3 door');
  const { accessKeyId, secretAccessKey } = s3;
  const client = new S3Client({
    endpoint: s3.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    ...overrides,
  });
  world.defer(async () => client.destroy());
  return client;
}

/** Awaits a call that the server may lack. @throws Skip when it answers 501 */
export async function offered<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    if (statusOf(error) === 501) throw new Skip('unsupported: the server answers NotImplemented');
    throw error;
  });
}

/** A call that must fail with this status, and with one of these codes if any are given. */
export async function denied(call: Promise<unknown>, status: number, ...codes: readonly string[]): Promise<void> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof S3ServiceException)) throw new Mismatch('the call is refused', { status, codes }, error);
  like({ status: statusOf(error) }, { status }, `status (${error.name})`);
  if (codes.length > 0 && !codes.includes(error.name)) throw new Mismatch('code', codes, error.name);
}

export function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** Bytes of a body that the SDK returned. */
export async function bytesOf(body: { transformToByteArray(): Promise<Uint8Array> } | undefined): Promise<Buffer> {
  if (body === undefined) throw new Mismatch('there is a body', 'a stream', undefined);
  return Buffer.from(await body.transformToByteArray());
}

function hasDoor(world: World, url: string): Promise<boolean> {
  let answer = answersS3.get(world);
  if (answer === undefined) {
    answer = send(url, 'GET', new URL(url).pathname).then(
      ({ status, headers }) => status !== 404 || (headers['content-type'] ?? '').includes('xml'),
    );
    answersS3.set(world, answer);
  }
  return answer;
}
