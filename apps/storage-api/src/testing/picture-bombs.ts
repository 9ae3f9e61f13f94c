import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const HUGE = 60_000;
const UNFOLDED_BYTES = 150_000_000;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function png(side: number, pixels: Buffer, ...more: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // One bit a pixel, grey.
  header[8] = 1;
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), ...more, chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

const unfolding = () => deflateSync(Buffer.alloc(UNFOLDED_BYTES));

/** Says that it has 3.6 billion pixels. */
export const hugePng = () => png(HUGE, deflateSync(Buffer.alloc(1000)));

/** A small picture with far more bytes in it than it has pixels. */
export const overfullPng = () => png(100, unfolding());

/** A small picture with a comment that unfolds to 150 MB. */
export const wordyPng = () =>
  png(100, deflateSync(Buffer.alloc(100 * 14)), chunk('zTXt', Buffer.concat([Buffer.from('k\0\0', 'latin1'), unfolding()])));

/** A screen of 65,535 by 65,535 with a frame of that size, of one byte. */
export function hugeGif(): Buffer {
  const size = Buffer.from('ffffffff', 'hex');
  const frame = Buffer.concat([
    Buffer.from('2c00000000', 'hex'),
    size,
    Buffer.from('00', 'hex'),
    Buffer.from('020244010 0'.replace(' ', ''), 'hex'),
  ]);
  return Buffer.concat([Buffer.from('GIF89a'), size, Buffer.from('800000000000ffffff', 'hex'), frame, Buffer.from('3b', 'hex')]);
}

/** Twenty thousand frames of one pixel. */
export function longGif(): Buffer {
  const frame = Buffer.from('2c000000000100010000020244010 0'.replace(' ', ''), 'hex');
  const head = Buffer.concat([Buffer.from('GIF89a'), Buffer.from('01000100800000000000ffffff', 'hex')]);
  return Buffer.concat([head, ...Array.from({ length: 20_000 }, () => frame), Buffer.from('3b', 'hex')]);
}

/** Overwrites the size that an AVIF file says it has. */
export function enlargeAvif(avif: Buffer): Buffer {
  const copy = Buffer.from(avif);
  const at = copy.indexOf('ispe');
  copy.writeUInt32BE(HUGE, at + 8);
  copy.writeUInt32BE(HUGE, at + 12);
  return copy;
}

/** Overwrites the size in the first frame header of a baseline JPEG. */
export function enlargeJpeg(jpeg: Buffer): Buffer {
  const copy = Buffer.from(jpeg);
  const at = copy.indexOf(Buffer.from('ffc0', 'hex'));
  copy.writeUInt16BE(HUGE, at + 5);
  copy.writeUInt16BE(HUGE, at + 7);
  return copy;
}
