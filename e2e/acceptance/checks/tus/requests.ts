import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Mismatch, Skip } from '../../check.ts';
import { holds, same } from '../../assert.ts';
import type { Answer } from '../../http.ts';
import type { World } from '../../world.ts';

export const PATH = '/upload/resumable';
export const VERSION = { 'tus-resumable': '1.0.0' };
export const PART_TYPE = 'application/offset+octet-stream';
export const CONTENT = '0123456789';
export const EXTENSIONS = ['creation', 'creation-with-upload', 'creation-defer-length', 'termination', 'expiration'];

type Headers = Readonly<Record<string, string>>;

export const encoded = (text: string) => Buffer.from(text).toString('base64');

export const digest = (algorithm: string, text: string) => `${algorithm} ${createHash(algorithm).update(text).digest('base64')}`;

export const metadataOf = (bucket: string, key: string) =>
  `bucketName ${encoded(bucket)},objectName ${encoded(key)},contentType ${encoded('text/plain')},cacheControl ${encoded('60')}`;

/** @throws Skip when the server does not speak TUS, or does not announce the extension */
export async function needTus(world: World, extension?: string): Promise<Answer> {
  const answer = await world.request('OPTIONS', PATH, { token: null });
  if (answer.status === 404 || answer.status === 501) throw new Skip('unsupported: the server has no resumable uploads');
  if (extension !== undefined && !extensionsOf(answer).includes(extension))
    throw new Skip(`unsupported: the server does not offer the extension ${extension}`);
  return answer;
}

export const extensionsOf = ({ headers }: Answer) => (headers['tus-extension'] ?? '').split(',');

/** An upload that was created, at offset 0 unless bytes came along. */
export interface Begun {
  readonly bucket: string;
  /** Below the base URL. */
  readonly path: string;
  readonly answer: Answer;
}

/** A creation of ten bytes unless the headers say otherwise; a header of '' is left out. */
export function create(world: World, bucket: string, headers: Headers = {}, body?: string): Promise<Answer> {
  const all = { ...VERSION, 'upload-length': String(CONTENT.length), 'upload-metadata': metadataOf(bucket, 'up'), ...headers };
  return world.request('POST', PATH, { headers: present(all), ...(body === undefined ? {} : { body }) });
}

/** Creates an upload in a bucket of its own. @throws Mismatch unless it is created */
export async function begin(world: World, headers: Headers = {}, body?: string): Promise<Begun> {
  await needTus(world);
  const bucket = await world.bucket();
  const answer = await create(world, bucket, headers, body);
  same(answer.status, 201, `status of the creation (${answer.text})`);
  return { bucket, path: pathOf(world, answer.headers['location']), answer };
}

/** Location of an upload below the base URL. */
export function pathOf(world: World, location: string | undefined): string {
  if (location === undefined) throw new Mismatch('there is a Location', 'a URL', undefined);
  return new URL(location, world.options.url).pathname.slice(world.basePath.length);
}

export const head = (world: World, path: string, headers: Headers = {}) =>
  world.request('HEAD', path, { headers: present({ ...VERSION, ...headers }) });

/** A part; a header of '' is left out. */
export const patch = (world: World, path: string, offset: number, body: string | Uint8Array, headers: Headers = {}) =>
  world.request('PATCH', path, {
    body,
    headers: present({ ...VERSION, 'content-type': PART_TYPE, 'upload-offset': String(offset), ...headers }),
  });

export const terminate = (world: World, path: string, headers: Headers = {}) =>
  world.request('DELETE', path, { headers: present({ ...VERSION, ...headers }) });

/** @throws Mismatch unless the upload is at the offset */
export async function isAt(world: World, path: string, offset: number): Promise<void> {
  const { status, headers } = await head(world, path);
  same([status, headers['upload-offset']], [200, String(offset)], 'status and offset of the upload');
}

/** @throws Mismatch unless the object has that text */
export async function holdsText(world: World, bucket: string, text: string): Promise<void> {
  same((await world.request('GET', `/object/${bucket}/up`)).text, text, 'text of the object');
}

/** @throws Mismatch unless the upload is unknown, and no offset is told */
export function isUnknown({ status, headers }: Answer): void {
  holds([403, 404, 410].includes(status), 'status of an upload that is not there', status);
  same(headers['upload-offset'], undefined, 'offset of an upload that is not there');
}

/** Announces more bytes than are sent, and hangs up. */
export function breakOff(world: World, path: string, offset: number, body: string, announced: number): Promise<void> {
  const url = new URL(`${world.options.url}${path}`);
  const headers = {
    ...VERSION,
    authorization: `Bearer ${world.options.serviceKey}`,
    'content-type': PART_TYPE,
    'content-length': String(announced),
    'upload-offset': String(offset),
  };
  return new Promise((resolve) => {
    const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, { method: 'PATCH', headers });
    sent.once('error', () => resolve());
    sent.write(body, () => setTimeout(() => sent.destroy(new Error('hung up')), 200));
  });
}

function present(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
}
