import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttackBench, REFUSED, startAttackBench } from '../../../testing/attack-bench.ts';
import { chunkedWire, type ChunkedInput, type Wire } from '../../../testing/s3-wire.ts';
import { amzDateOf } from '../../../testing/sign-s3.ts';
import { createDigest } from '../body/checksums.ts';

let bench: AttackBench;
beforeAll(async () => {
  bench = await startAttackBench();
});
afterAll(() => bench.stop());

const CHUNKS = ['first', 'other', 'third'];
const TRAILER = 'x-amz-checksum-crc32';

function crc32(text: string): string {
  const digest = createDigest('CRC32');
  digest.update(Buffer.from(text));
  return digest.digest().toString('base64');
}

/** An upload over the victim; `forge` gets the frames of its body: chunks, the last header, trailers, the end. */
function upload(forge: (frames: readonly string[]) => readonly string[], input: Partial<ChunkedInput> = {}): Wire {
  const { wire, frames } = chunkedWire(bench.url, { path: '/s3/main/victim', chunks: CHUNKS, ...input });
  return { ...wire, body: forge(frames).join('') };
}

const trailed = (forge: (frames: readonly string[]) => readonly string[], value = crc32(CHUNKS.join(''))): Wire =>
  upload(forge, { trailer: [TRAILER, value] });
const swap = (wire: Wire, name: string, value: string): Wire => ({
  ...wire,
  headers: [...wire.headers.filter(([candidate]) => candidate !== name), [name, value]],
});
const same = (frames: readonly string[]) => frames;
const replace = (from: string | RegExp, to: string) => (frames: readonly string[]) => frames.map((frame) => frame.replace(from, to));
const plain = (frames: readonly string[]) => frames.map((frame) => frame.replace(/;chunk-signature=\w+/, ''));

type Attack = readonly [name: string, forge: () => Wire];

const chains: readonly Attack[] = [
  ['two chunks swapped', () => upload(([a = '', b = '', ...rest]) => [b, a, ...rest])],
  ['a chunk sent twice', () => upload(([a = '', ...rest]) => [a, a, ...rest])],
  ['a chunk left out', () => upload(([, ...rest]) => rest)],
  ['the last chunk left out', () => upload((frames) => frames.toSpliced(2, 1))],
  ['a chunk put in the place of another of its size', () => upload(([a = '', , ...rest]) => [a, a, ...rest])],
  ['a changed byte', () => upload(replace('other', '0ther'))],
  ['a byte moved to the next chunk', () => upload(replace('5;', '4;'))],
  [
    'two chunks joined under the signature of the first',
    () => upload(([a = '', b = '', ...rest]) => [a.replace(/^5/, 'a').replace('first\r\n', 'firstother\r\n'), b.slice(0, 0), ...rest]),
  ],
  [
    'the signature of another chunk',
    () => upload(([a = '', b = '', ...rest]) => [a, b.replace(/=\w+/, /=\w+/.exec(a)?.[0] ?? ''), ...rest]),
  ],
  ['a signature in upper case', () => upload(replace(/(?<=signature=)\w+/, 'A'.repeat(64)))],
  ['no signatures', () => upload(plain)],
  ['one chunk without a signature', () => upload(([a = '', ...rest]) => [a.replace(/;chunk-signature=\w+/, ''), ...rest])],
  ['chunks of another request', () => upload(() => chunkedWire(bench.url, { path: '/s3/main/mine', chunks: CHUNKS }).frames)],
  [
    'chunks of the same request a second earlier',
    () => upload(() => chunkedWire(bench.url, { path: '/s3/main/victim', chunks: CHUNKS, date: new Date(Date.now() - 1000) }).frames),
  ],
  [
    'chunks signed with another secret',
    () => upload(() => chunkedWire(bench.url, { path: '/s3/main/victim', chunks: CHUNKS, secret: 'guessed' }).frames),
  ],
  ['a head signed with another secret', () => upload(same, { secret: 'guessed' })],
  [
    'a head of the day before',
    () => upload(same, { scope: `${amzDateOf(new Date(Date.now() - 86_400_000)).slice(0, 8)}/us-east-1/s3/aws4_request` }),
  ],
];

const endings: readonly Attack[] = [
  ['no last chunk', () => upload((frames) => frames.slice(0, 3))],
  ['no end', () => upload((frames) => frames.slice(0, -1))],
  ['an end after the first chunk', () => upload(([a = '', , , end = '', last = '']) => [a, end, last])],
  ['a last chunk with the signature of another', () => upload((frames) => frames.with(3, `0;chunk-signature=${'0'.repeat(64)}\r\n`))],
  ['data after the end', () => upload((frames) => [...frames, 'evil'])],
  ['a second body after the end', () => upload((frames) => [...frames, ...frames])],
  ['no body', () => upload(() => [])],
  ['the bare bytes', () => upload(() => ['firstotherthird'])],
  ['half a chunk', () => upload(([a = '']) => [a.slice(0, -4)])],
];

const framing: readonly Attack[] = [
  ['line feeds alone', () => upload((frames) => frames.map((frame) => frame.replaceAll('\r\n', '\n')))],
  ['a size that is negative', () => upload(replace(/^5/, '-5'))],
  ['a size with a prefix', () => upload(replace(/^5/, '0x5'))],
  ['a size beyond all numbers', () => upload(replace(/^5/, 'f'.repeat(20)))],
  ['another extension', () => upload(replace(/;/, ';x=1;'))],
  ['a header without an end', () => upload(() => ['5'.repeat(5000)])],
  ['a larger length than the chunks have', () => swap(upload(same), 'x-amz-decoded-content-length', '16')],
  ['a larger length, signed', () => upload(same, { headers: { 'x-amz-decoded-content-length': '16' } })],
  ['a smaller length, signed', () => upload(same, { headers: { 'x-amz-decoded-content-length': '14' } })],
  ['a length that is no number', () => upload(same, { headers: { 'x-amz-decoded-content-length': '1e1' } })],
  [
    'the word for unsigned chunks in place of the signed',
    () => swap(upload(plain), 'x-amz-content-sha256', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'),
  ],
  [
    'the word for no signature in place of the signed',
    () =>
      swap(
        upload(() => CHUNKS),
        'x-amz-content-sha256',
        'UNSIGNED-PAYLOAD',
      ),
  ],
];

const trailers: readonly Attack[] = [
  ['another trailer', () => trailed(replace(/(?<=crc32:).*/, 'AAAAAQ==\r'))],
  ['a trailer of other bytes, signed', () => trailed(same, crc32('other bytes'))],
  ['a trailer that is gone', () => trailed((frames) => frames.toSpliced(4, 1))],
  ['a trailer whose signature is gone', () => trailed((frames) => frames.toSpliced(5, 1))],
  ['a trailer with another signature', () => trailed(replace(/(?<=trailer-signature:)\w+/, '0'.repeat(64)))],
  ['all trailers gone', () => trailed((frames) => frames.toSpliced(4, 2))],
  ['a trailer nobody announced', () => trailed((frames) => frames.toSpliced(4, 0, 'x-amz-meta-role:admin\r\n'))],
  ['a trailer twice', () => trailed((frames) => frames.toSpliced(4, 0, frames[4] ?? ''))],
  ['a trailer where none was announced', () => upload((frames) => frames.toSpliced(4, 0, `${TRAILER}:AAAAAA==\r\n`))],
  ['a trailer that is no checksum', () => upload(same, { trailer: ['x-amz-meta-role', 'admin'] })],
];

const corpus = { chains, endings, framing, trailers };

describe.each(Object.entries(corpus))('an upload in chunks (%s)', (_group, attacks) => {
  it.each(attacks)('with %s: refused, nothing touched', async (_name, forge) => {
    expect(await bench.attempt(forge())).toMatch(REFUSED);
    expect(await bench.state()).toBe(bench.initialState);
  });
});

describe('uploads in chunks unchanged', () => {
  it('are accepted', async () => {
    expect(await bench.attempt(upload(same))).toBe('200');
    expect(await bench.read('victim')).toBe('firstotherthird');
    expect(await bench.attempt(trailed(same))).toBe('200');
    expect(await bench.attempt(upload(same, { chunks: [] }))).toBe('200');
    expect(await bench.read('victim')).toBe('');
  });
});
