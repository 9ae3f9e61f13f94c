import { expect, test } from 'vitest';
import { demultiplex } from './demultiplex.ts';

function frame(stream: number, text: string): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test.each([1, 3, 7, 1000])('frames are put together from pieces of %i bytes, characters too', async (size) => {
  const bytes = Buffer.concat([frame(1, 'grüße\n'), frame(2, 'déjà vu'), frame(1, '')]);
  const parts: Record<string, string> = { stdout: '', stderr: '' };
  for await (const { stream, text } of demultiplex(inPieces(bytes, size))) parts[stream] += text;
  expect(parts).toEqual({ stdout: 'grüße\n', stderr: 'déjà vu' });
});
