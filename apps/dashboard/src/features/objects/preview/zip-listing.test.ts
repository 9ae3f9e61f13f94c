import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { listZip } from './zip-listing.ts';

const readerOf = (bytes: Uint8Array) => async (start: number, length: number) => bytes.subarray(start, start + length);

test('names and sizes come from the directory at the end', async () => {
  const bytes = zipSync({ 'a.txt': new Uint8Array(10), 'dir/ü.bin': new Uint8Array(70_000), 'empty/': new Uint8Array() });
  const asked: number[] = [];
  const listing = await listZip(async (start, length) => {
    asked.push(length);
    return readerOf(bytes)(start, length);
  }, bytes.length);
  expect(listing).toEqual({
    entries: [
      { name: 'a.txt', sizeBytes: 10, isFolder: false },
      { name: 'dir/ü.bin', sizeBytes: 70_000, isFolder: false },
      { name: 'empty/', sizeBytes: 0, isFolder: true },
    ],
    isCut: false,
  });
  expect(asked).toHaveLength(2);
});

test('sizes beyond 32 bits are read from where they are kept', async () => {
  const line = new DataView(new ArrayBuffer(46 + 1 + 12));
  line.setUint32(0, 0x0201_4b50, true);
  line.setUint32(24, 0xffff_ffff, true);
  line.setUint16(28, 1, true);
  line.setUint16(30, 12, true);
  line.setUint8(46, 0x61);
  line.setUint16(47, 1, true);
  line.setUint16(49, 8, true);
  line.setBigUint64(51, 5_000_000_000n, true);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x0605_4b50, true);
  end.setUint32(12, 59, true);
  const bytes = new Uint8Array([...new Uint8Array(line.buffer), ...new Uint8Array(end.buffer)]);
  expect((await listZip(readerOf(bytes), bytes.length)).entries).toEqual([{ name: 'a', sizeBytes: 5_000_000_000, isFolder: false }]);
});

test('what is no zip is refused', async () => {
  const bytes = new TextEncoder().encode('not an archive at all, whatever it is called');
  await expect(listZip(readerOf(bytes), bytes.length)).rejects.toThrow('not a zip');
});
