const REFLECTED_POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** Eight tables of 256 entries one after the other; table k advances a byte by k further zero bytes. */
const TABLES = buildTables();

function buildTables(): Uint32Array {
  const tables = new Uint32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ REFLECTED_POLYNOMIAL : value >>> 1;
    tables[byte] = value;
  }
  for (let index = 256; index < tables.length; index += 1) {
    const previous = tables[index - 256] ?? 0;
    tables[index] = (previous >>> 8) ^ (tables[previous & 0xff] ?? 0);
  }
  return tables;
}

/** CRC-32C (Castagnoli, RFC 3720) of `data`, continuing from `previous`; an unsigned 32-bit number. */
export function crc32c(data: Uint8Array, previous = 0): number {
  let crc = ~previous;
  let at = 0;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (const end = data.length - 7; at < end; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      table(7, low & 0xff) ^
      table(6, (low >>> 8) & 0xff) ^
      table(5, (low >>> 16) & 0xff) ^
      table(4, low >>> 24) ^
      table(3, high & 0xff) ^
      table(2, (high >>> 8) & 0xff) ^
      table(1, (high >>> 16) & 0xff) ^
      table(0, high >>> 24);
  }
  for (; at < data.length; at += 1) crc = (crc >>> 8) ^ table(0, (crc ^ view.getUint8(at)) & 0xff);
  return ~crc >>> 0;
}

function table(slice: number, byte: number): number {
  return TABLES[(slice << 8) | byte] ?? 0;
}
