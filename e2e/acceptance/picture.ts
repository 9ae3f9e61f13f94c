import { deflateSync, crc32 } from 'node:zlib';

const WIDTH = 40;
const HEIGHT = 20;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG of 40 by 20 pixels, a colour gradient. */
export const PICTURE: Buffer = makePng();

/** Width and height in the header of a PNG. */
export function readPngSize(png: Buffer): readonly [number, number] {
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

function makePng(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const line = (y: number) => [0, ...Array.from({ length: WIDTH }, (_, x) => [x * 6, y * 12, 128]).flat()];
  const pixels = Buffer.from(Array.from({ length: HEIGHT }, (_, y) => line(y)).flat());
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
