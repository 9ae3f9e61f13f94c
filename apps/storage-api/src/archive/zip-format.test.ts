import { expect, test } from 'vitest';
import { dataDescriptor, directoryEnd, directoryHeader, localHeader } from './zip-format.ts';

const GIB_5 = 5 * 1024 ** 3;
const entry = { name: Buffer.from('a'), sizeBytes: 10, crc32: 7, modifiedAt: new Date('2026-11-25T12:34:56Z') };

test('small entries are told in 32 bits, with the time in UTC', () => {
  const header = localHeader(entry);
  expect([header.length, header.readUInt32LE(14), header.readUInt32LE(18), header.readUInt16LE(28)]).toEqual([31, 7, 10, 0]);
  const date = header.readUInt16LE(12);
  const time = header.readUInt16LE(10);
  expect([(date >> 9) + 1980, (date >> 5) & 15, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2]).toEqual([
    2026, 11, 25, 12, 34, 56,
  ]);
});

test('sizes and places beyond 32 bits are told in 64', () => {
  const local = localHeader({ ...entry, sizeBytes: GIB_5 });
  expect([local.readUInt32LE(18), local.readBigUInt64LE(35)]).toEqual([0xffff_ffff, BigInt(GIB_5)]);
  const line = directoryHeader({ ...entry, sizeBytes: GIB_5, hasDescriptor: false, offset: GIB_5 + 1 });
  expect([line.readUInt16LE(30), line.readBigUInt64LE(51), line.readBigUInt64LE(67)]).toEqual([28, BigInt(GIB_5), BigInt(GIB_5 + 1)]);
  const end = directoryEnd({ entries: 70_000, offset: GIB_5, bytes: 99 });
  expect([end.length, end.readBigUInt64LE(24), end.readBigUInt64LE(48)]).toEqual([98, 70_000n, BigInt(GIB_5)]);
  expect(directoryEnd({ entries: 1, offset: 41, bytes: 47 })).toHaveLength(22);
});

test('an entry whose checksum comes later says so in both headers', () => {
  const later = localHeader({ ...entry, crc32: null });
  const line = directoryHeader({ ...entry, crc32: 9, hasDescriptor: true, offset: 0 });
  expect([later.readUInt16LE(6) & 8, line.readUInt16LE(8) & 8, line.readUInt32LE(16)]).toEqual([8, 8, 9]);
  expect([dataDescriptor(10, 9).readUInt32LE(4), dataDescriptor(10, 9).readBigUInt64LE(8)]).toEqual([9, 10n]);
});
