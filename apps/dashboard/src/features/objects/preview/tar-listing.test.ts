import { expect, test } from 'vitest';
import { listTar } from './tar-listing.ts';

function header(name: string, size: number, type = '0'): Uint8Array {
  const block = new Uint8Array(512);
  const write = (text: string, at: number) => block.set(new TextEncoder().encode(text), at);
  write(name, 0);
  write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  write(type, 156);
  write('ustar\0', 257);
  write('        ', 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const content = (size: number) => new Uint8Array(Math.ceil(size / 512) * 512).fill(65);

/** In odd pieces, as a network has them. */
async function* pieces(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const all = new Uint8Array(await new Blob(parts.map((part) => new Uint8Array(part))).arrayBuffer());
  for (let at = 0; at < all.length; at += 300) yield all.subarray(at, at + 300);
}

test('files and folders are listed to the end', async () => {
  const archive = pieces(header('a.txt', 700), content(700), header('dir/', 0, '5'), header('dir/b', 1), content(1), new Uint8Array(1024));
  expect(await listTar(archive)).toEqual({
    entries: [
      { name: 'a.txt', sizeBytes: 700, isFolder: false },
      { name: 'dir/', sizeBytes: 0, isFolder: true },
      { name: 'dir/b', sizeBytes: 1, isFolder: false },
    ],
    isCut: false,
  });
});

test('long names of GNU tar are put together, and attributes of pax are no files', async () => {
  const name = `${'d/'.repeat(80)}file`;
  const archive = pieces(
    header('././@LongLink', name.length, 'L'),
    new Uint8Array([...new TextEncoder().encode(name), ...new Uint8Array(512 - (name.length % 512))]),
    header('cut', 0),
    header('pax', 20, 'x'),
    content(20),
    header('z', 0),
    new Uint8Array(512),
  );
  expect((await listTar(archive)).entries.map((entry) => entry.name)).toEqual([name, 'z']);
});

test('a part of an archive is listed as far as it goes', async () => {
  expect(await listTar(pieces(header('big', 1_000_000), content(512)))).toEqual({
    entries: [{ name: 'big', sizeBytes: 1_000_000, isFolder: false }],
    isCut: true,
  });
});

test('what is no tar is refused', async () => {
  await expect(listTar(pieces(content(512)))).rejects.toThrow('not a tar');
});
