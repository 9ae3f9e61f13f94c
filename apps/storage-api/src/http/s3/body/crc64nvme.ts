const POLYNOMIAL_LOW = 0xac4bc9b5;
const POLYNOMIAL_HIGH = 0x9a6c9329;
const SLICES = 8;

/** A 64-bit number as two unsigned halves: BigInt is far too slow for every byte of an upload. */
export interface Crc64 {
  readonly high: number;
  readonly low: number;
}

export const CRC64_START: Crc64 = { high: 0, low: 0 };

const LOW = new Uint32Array(SLICES * 256);
const HIGH = new Uint32Array(SLICES * 256);
fillTables();

function fillTables(): void {
  for (let byte = 0; byte < 256; byte += 1) {
    let low = byte;
    let high = 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = low & 1;
      low = (low >>> 1) | ((high & 1) << 31);
      high >>>= 1;
      if (odd) {
        low ^= POLYNOMIAL_LOW;
        high ^= POLYNOMIAL_HIGH;
      }
    }
    LOW[byte] = low;
    HIGH[byte] = high;
  }
  for (let index = 256; index < LOW.length; index += 1) {
    const low = LOW[index - 256] ?? 0;
    const high = HIGH[index - 256] ?? 0;
    LOW[index] = ((low >>> 8) | (high << 24)) ^ (LOW[low & 0xff] ?? 0);
    HIGH[index] = (high >>> 8) ^ (HIGH[low & 0xff] ?? 0);
  }
}

/** CRC-64/NVME of `data`, continuing from `previous`. */
export function crc64nvme(data: Uint8Array, previous: Crc64 = CRC64_START): Crc64 {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let low = ~previous.low;
  let high = ~previous.high;
  let at = 0;
  for (const end = data.length - 7; at < end; at += 8) {
    const a = low ^ view.getInt32(at, true);
    const b = high ^ view.getInt32(at + 4, true);
    const indexes = [
      0x700 | (a & 0xff),
      0x600 | ((a >>> 8) & 0xff),
      0x500 | ((a >>> 16) & 0xff),
      0x400 | (a >>> 24),
      0x300 | (b & 0xff),
      0x200 | ((b >>> 8) & 0xff),
      0x100 | ((b >>> 16) & 0xff),
      b >>> 24,
    ] as const;
    low = gather(LOW, indexes);
    high = gather(HIGH, indexes);
  }
  for (; at < data.length; at += 1) {
    const index = (low ^ view.getUint8(at)) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (LOW[index] ?? 0);
    high = (high >>> 8) ^ (HIGH[index] ?? 0);
  }
  return { high: ~high >>> 0, low: ~low >>> 0 };
}

type Eight = readonly [number, number, number, number, number, number, number, number];

function gather(table: Uint32Array, at: Eight): number {
  return (
    (table[at[0]] ?? 0) ^
    (table[at[1]] ?? 0) ^
    (table[at[2]] ?? 0) ^
    (table[at[3]] ?? 0) ^
    (table[at[4]] ?? 0) ^
    (table[at[5]] ?? 0) ^
    (table[at[6]] ?? 0) ^
    (table[at[7]] ?? 0)
  );
}
